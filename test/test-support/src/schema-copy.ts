import pg from 'pg';

/** A schema as it was, to be put back. */
export interface SchemaCopy {
  /**
   * Puts the schema's tables back to what they held, all at once. Tables that have come since are emptied.
   * @param cut whether all other connections end then, as when the server is restored rather than its data
   */
  putBack(options?: { readonly cut?: boolean }): Promise<void>;
}

/** Copies what the tables of a schema hold, within the database: a backup that needs no tools. */
export async function copySchema(url: string, schema: string): Promise<SchemaCopy> {
  const copy = `copy_${Math.random().toString(36).slice(2)}`;
  const saved = await withClient(url, async (client) => {
    await client.query('begin isolation level repeatable read');
    await client.query(`create schema ${copy}`);
    const tables = await tablesOf(client, schema);
    for (const table of tables) await client.query(`create table ${copy}.${table} as table ${schema}.${table}`);
    await client.query('commit');
    return tables;
  });
  return {
    async putBack({ cut = false } = {}) {
      await withClient(url, async (client) => {
        const tables = await tablesOf(client, schema);
        await client.query('begin');
        await client.query(`lock table ${tables.map((table) => `${schema}.${table}`).join(', ')}`);
        const log = schema === 'event_store' ? 'alter table event_store.events' : undefined;
        if (log) await client.query(`${log} disable trigger append_only`);
        await client.query(`truncate ${tables.map((table) => `${schema}.${table}`).join(', ')}`);
        for (const table of saved) await client.query(`insert into ${schema}.${table} table ${copy}.${table}`);
        if (log) await client.query(`${log} enable always trigger append_only`);
        if (cut)
          await client.query(
            'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
          );
        await client.query('commit');
      });
    },
  };
}

async function tablesOf(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = $1 order by 1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
