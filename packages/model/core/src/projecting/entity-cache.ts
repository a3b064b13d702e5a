import { LRUCache } from 'lru-cache';
import { weightOf } from '../caching/weight.ts';
import type { RecordedEvent } from '../messages/event.ts';
import type { StoredEntity } from '../ports/read-store.ts';

/**
 * What one consumer remembers of the entities that it wrote last, so that it need not read them before it writes them
 * again. It may be wrong, when another consumer wrote since: a write on a wrong memory does not take place, for the stored
 * version is another one.
 */
export class EntityCache {
  readonly #known: LRUCache<string, StoredEntity>;

  /**
   * Those used longest ago go first.
   * @param max entities kept
   * @param maxBytes about so much memory for all of them
   */
  constructor(max = 5000, maxBytes = 64 * 1024 * 1024) {
    this.#known = new LRUCache({ max, maxSize: maxBytes, sizeCalculation: ({ parts }) => weightOf(parts) });
  }

  /**
   * The entity as it was written last; one that is not known and whose stream begins with this event is taken for a new one.
   * @returns undefined when it has to be read
   */
  recall(entityId: string, { revision }: RecordedEvent): StoredEntity | undefined {
    const known = this.#known.get(entityId);
    return known ?? (revision === 0 ? { entityId, version: 0, parts: {} } : undefined);
  }

  /** All that is known may be wrong. */
  clear(): void {
    this.#known.clear();
  }

  /** They are stored like that. */
  learn(entities: readonly StoredEntity[]): void {
    for (const { entityId, version, parts } of entities) this.#known.set(entityId, { entityId, version, parts });
  }

  /** Somebody else wrote some of them, or nobody knows whether they are stored. */
  forget(entities: readonly StoredEntity[]): void {
    for (const { entityId } of entities) this.#known.delete(entityId);
  }
}
