/** Who wants to be told of what, by key. A watcher that does not watch any more leaves nothing behind. */
export class Watchers {
  readonly #watchers = new Map<string, Set<() => void>>();

  /** @returns call it to watch no longer */
  add(key: string, onChange: () => void): () => void {
    // Wrapped, for the same function may watch twice.
    const watcher = () => onChange();
    const watching = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watching.add(watcher));
    return () => {
      watching.delete(watcher);
      if (watching.size === 0 && this.#watchers.get(key) === watching) this.#watchers.delete(key);
    };
  }

  tell(key: string): void {
    for (const onChange of [...(this.#watchers.get(key) ?? [])]) onChange();
  }

  tellAll(): void {
    for (const key of [...this.#watchers.keys()]) this.tell(key);
  }

  /** Keys that somebody watches. */
  get size(): number {
    return this.#watchers.size;
  }
}
