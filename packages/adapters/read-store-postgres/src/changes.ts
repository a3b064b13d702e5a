import { fingerprint, type Projection, type ReadStore, Watchers } from '@daybook/core';
import { type ListenOptions, listen, type Notifications } from '@daybook/postgres';
import { tableOf } from './tables.ts';

/** Where saves are told of. */
export const CHANNEL = 'read_models';

/** Postgres takes payloads of less than 8,000 bytes; a fingerprint is up to seven letters and a space. */
const FINGERPRINTS_A_PAYLOAD = 900;

/** What a save says: the table, and 32 bits of the id of each entity. Two entities may share them: a change is a hint. */
export function payloadsOf(projection: Projection, entityIds: readonly string[]): readonly string[] {
  const prints = [...new Set(entityIds.map(printOf))];
  const payloads: string[] = [];
  for (let from = 0; from < prints.length; from += FINGERPRINTS_A_PAYLOAD) {
    payloads.push([tableOf(projection).name, ...prints.slice(from, from + FINGERPRINTS_A_PAYLOAD)].join(' '));
  }
  return payloads;
}

/** Who watches which rows. Listens, on a connection of its own, from the first watch on. */
export function createChanges(connection: Omit<ListenOptions, 'channel'>): Pick<ReadStore, 'watch' | 'close'> {
  const watchers = new Watchers();
  let notifications: Notifications | undefined;

  /** After a (re)connect, when some may have been missed, everybody looks again. */
  function onNotify(payload: string | undefined): void {
    const [table, ...prints] = payload?.split(' ') ?? [];
    if (table === undefined) {
      watchers.tellAll();
      return;
    }
    watchers.tell(table);
    for (const print of prints) watchers.tell(`${table} ${print}`);
  }

  return {
    watch(projection, entityId, onChange) {
      notifications ??= listen({ ...connection, channel: CHANNEL }, onNotify);
      const table = tableOf(projection).name;
      return watchers.add(entityId === undefined ? table : `${table} ${printOf(entityId)}`, onChange);
    },
    async close() {
      await notifications?.close();
    },
  };
}

function printOf(entityId: string): string {
  return fingerprint(entityId).toString(36);
}
