import type { Log } from '@daybook/core';
import { connectDatabase } from '@daybook/postgres';
import pg from 'pg';

/** Tables that are written by the functions of the schema alone, which run as its owner. */
const WRITTEN_BY_FUNCTIONS = ['events', 'feed_locks'];

/**
 * Grants a role what the services need in the schema of the event store, and takes back everything else that it was granted
 * there: they read events and append by the function, and keep the checkpoints of groups and what is parked. Nothing happens
 * when it is so.
 * @param url of the schema's owner
 * @throws Unavailable; Error when there is no such role
 */
export async function grantToServices({ url, role, log }: { url: string; role: string; log: Log }): Promise<void> {
  const database = connectDatabase({ url, applicationName: 'daybook migrate', log, maxConnections: 1 });
  const to = pg.escapeIdentifier(role);
  const protectedTables = WRITTEN_BY_FUNCTIONS.map((table) => `event_store.${table}`).join(', ');
  try {
    const [known] = await database.query({ text: 'select from pg_roles where rolname = $1', values: [role] });
    if (known === undefined)
      throw new Error(`there is no role '${role}': create it, or correct EVENT_STORE_SERVICE_ROLE`);
    await database.transaction(async (query) => {
      for (const text of [
        `revoke all on all tables in schema event_store from ${to}`,
        `grant usage on schema event_store to ${to}`,
        `grant select, insert, update, delete on all tables in schema event_store to ${to}`,
        `revoke insert, update, delete on ${protectedTables} from ${to}`,
        `grant execute on all functions in schema event_store to ${to}`,
      ]) {
        await query({ text });
      }
    });
  } finally {
    await database.close();
  }
}
