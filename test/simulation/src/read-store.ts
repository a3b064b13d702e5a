import type { FoldedEntity, ListRequest, ReadStore, RowProjection } from '@daybook/core';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** A process's way to the tables. */
export function readStoreOf({ tables, network, scheduler, without }: World, process: Process): ReadStore {
  const call = <Answer>(label: string, changes: boolean, effect: () => Answer) =>
    network.call(process, { server: 'read store', label, changes, effect });
  return {
    load: (projection, entityIds) => call(`loads ${projection.name}`, false, () => tables.load(projection, entityIds)),
    async save(projection, entities) {
      const save = (some: readonly FoldedEntity[]) =>
        call(`saves ${projection.name}`, true, () => tables.save(projection, some));
      if (without !== 'items with their entity' || projection.itemKey === undefined) return save(entities);
      const written = await save(entities.map((entity) => ({ ...entity, put: [], remove: [] })));
      if (written < entities.length) return written;
      await call(`saves items of ${projection.name}`, true, () => {
        for (const entity of entities) tables.write(projection, entity);
      });
      return written;
    },
    loadMarks: async () => ({ marks: [], adopts: false }),
    replaceMarks: async () => {},
    listEntities: async () => [],
    get: (projection: RowProjection, entityId) =>
      call(`queries ${projection.name}`, false, () => tables.find(projection, entityId)),
    list: (projection, { limit }: ListRequest) =>
      call(`lists ${projection.name}`, false, () => {
        const { orderBy } = projection.list;
        const rows = [...tables.allRows(projection)];
        rows.sort((one, other) => (String(one[orderBy]) < String(other[orderBy]) ? -1 : 1));
        return { rows: rows.slice(0, limit), next: undefined };
      }),
    countByDay: async () => [],
    // A notification travels as everything else does, and may find nobody.
    watch: (projection, entityId, onChange) =>
      tables.watch(projection, entityId, () => scheduler.soon(() => process.alive && onChange())),
    ping: async () => {},
    close: async () => {},
  };
}
