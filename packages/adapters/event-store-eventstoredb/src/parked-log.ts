/** What is recorded of a group in its own stream. Stored: add optional fields, never rename. */
export type LogEvent =
  | {
      readonly type: 'EventSetAside';
      readonly data: {
        readonly position: number;
        readonly stream: string;
        readonly revision: number;
        readonly entity: string;
        /** parked: for a person; held: must come after the one before it. */
        readonly kind: 'parked' | 'held';
        readonly attempts: number;
        readonly reason: string;
        /** RFC 3339. */
        readonly parked_at: string;
      };
    }
  /** position null: everything that is parked. */
  | { readonly type: 'ReplayRequested'; readonly data: { readonly position: number | null } }
  /** This consumer, and no other, handles what is due of the entity; consumer null: nobody any more. */
  | { readonly type: 'EntityClaimed'; readonly data: { readonly entity: string; readonly consumer: string | null } }
  /** The event was handled after all, or given up. */
  | { readonly type: 'EventReleased'; readonly data: { readonly position: number; readonly entity: string } };

/** An event set aside by a group. */
export type Item = Extract<LogEvent, { type: 'EventSetAside' }>['data'] & {
  /** Somebody asked that it be tried again. */
  readonly replay: boolean;
};

/** What a group has set aside of one entity, in the order of the feed; never empty. */
export interface EntityAside {
  readonly items: readonly Item[];
  readonly claimedBy: string | null;
  /** Counts what was recorded of the entity: while it stays the same, nothing was done. */
  readonly touched: number;
}

/**
 * The fold of a group's own stream: what it has set aside, what of it is due again, and who sees to that.
 * Everybody who has read the same events comes to the same result.
 */
export class ParkedLog {
  readonly #entities = new Map<string, EntityAside>();
  #count = 0;

  apply(event: LogEvent): void {
    this.#count++;
    switch (event.type) {
      case 'EventSetAside':
        this.#setAside(event.data);
        break;
      case 'ReplayRequested':
        this.#requestReplay(event.data.position);
        break;
      case 'EntityClaimed':
        this.#change(event.data.entity, () => ({ claimedBy: event.data.consumer }));
        break;
      case 'EventReleased':
        this.#release(event.data);
        break;
    }
  }

  get entities(): Iterable<string> {
    return this.#entities.keys();
  }

  /** Everything set aside, the oldest first. */
  get items(): readonly Item[] {
    return [...this.#entities.values()].flatMap(({ items }) => items).sort(byPosition);
  }

  of(entity: string): EntityAside | undefined {
    return this.#entities.get(entity);
  }

  has({ entity, position }: { entity: string; position: number }): boolean {
    return this.#entities.get(entity)?.items.some((item) => item.position === position) ?? false;
  }

  /**
   * The entities whose first event is to be handled now: it is replayed, or held by nothing any more.
   * After a replayed one has been handled, those that it held back become first, one by one.
   */
  get due(): readonly { readonly entity: string; readonly first: Item; readonly aside: EntityAside }[] {
    const due = [];
    for (const [entity, aside] of this.#entities) {
      const [first] = aside.items;
      if (first !== undefined && (first.replay || first.kind === 'held')) due.push({ entity, first, aside });
    }
    return due;
  }

  #setAside(data: Item | Omit<Item, 'replay'>): void {
    const before = this.#entities.get(data.entity);
    const known = before?.items.find(({ position }) => position === data.position);
    // A redelivery finds it set aside already, and knows less of it.
    if (known !== undefined && data.kind === 'held') return;
    const others = before?.items.filter(({ position }) => position !== data.position) ?? [];
    const items = [...others, { ...data, replay: false }].sort(byPosition);
    const claimedBy = data.kind === 'parked' ? null : (before?.claimedBy ?? null);
    this.#entities.set(data.entity, { items, claimedBy, touched: this.#count });
  }

  #requestReplay(position: number | null): void {
    for (const entity of this.#entities.keys()) {
      this.#change(entity, ({ items }) => {
        const asked = (item: Item) => item.kind === 'parked' && (position === null || item.position === position);
        return items.some(asked)
          ? { items: items.map((item) => (asked(item) ? { ...item, replay: true } : item)) }
          : {};
      });
    }
  }

  #release({ entity, position }: { entity: string; position: number }): void {
    this.#change(entity, ({ items }) => ({ items: items.filter((item) => item.position !== position) }));
    if (this.#entities.get(entity)?.items.length === 0) this.#entities.delete(entity);
  }

  #change(entity: string, change: (before: EntityAside) => Partial<EntityAside>): void {
    const before = this.#entities.get(entity);
    if (before !== undefined) this.#entities.set(entity, { ...before, ...change(before), touched: this.#count });
  }
}

const byPosition = (one: Item, other: Item) => one.position - other.position;
