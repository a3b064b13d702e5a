import { parseStreamId, type SetAside } from '@daybook/core';
import { bucketOfEntity } from './bucket.ts';

/** The entities that have something set aside, and from which position on. */
export class BlockedEntities {
  /** As `deliver` takes and adds to them. */
  readonly ids = new Set<string>();
  /** By entity, the position of the first event set aside; what is added to `ids` has one a moment later. */
  readonly #from = new Map<string, number>();

  get size(): number {
    return this.ids.size;
  }

  /** Takes over what is stored. */
  learn(entities: readonly { readonly entity_id: string; readonly position: number }[]): void {
    for (const { entity_id, position } of entities) this.#note(entity_id, position);
  }

  /** Takes over what was just set aside. */
  add(aside: readonly SetAside[]): void {
    for (const { event } of aside) this.#note(parseStreamId(event.streamId).entityId, event.position);
  }

  free(entityId: string): void {
    this.ids.delete(entityId);
    this.#from.delete(entityId);
  }

  clear(): void {
    this.ids.clear();
    this.#from.clear();
  }

  /** The position of the first event that a partition has set aside, if it has any. */
  firstIn(partition: number, partitions: number): number | undefined {
    let first: number | undefined;
    for (const [entityId, position] of this.#from) {
      if (bucketOfEntity(entityId) % partitions !== partition) continue;
      first = first === undefined ? position : Math.min(first, position);
    }
    return first;
  }

  #note(entityId: string, position: number): void {
    this.ids.add(entityId);
    this.#from.set(entityId, Math.min(position, this.#from.get(entityId) ?? position));
  }
}
