/** Work with the same key one at a time, in the order it came; different keys at once. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @returns what the work returns, or throws what it throws; neither disturbs the work behind it */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key);
    const mine = before === undefined ? work() : before.then(work, work);
    this.#last.set(key, mine);
    const leave = () => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  }

  /** How many keys have work under way. */
  get size(): number {
    return this.#last.size;
  }
}
