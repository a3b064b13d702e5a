import type { Log } from '@daybook/core';
import pg from 'pg';
import { faultOf } from './faults.ts';

/** A statement; with a name it is parsed and planned once a connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** A pool of connections that are opened when they are needed. */
export interface Database {
  /** @throws Unavailable when the server can't be reached or is too slow: then the statement may have been carried out */
  query<Row extends object>(statement: Statement): Promise<Row[]>;
  /**
   * Runs statements in one transaction, on one connection; what the work throws undoes them. The server ends it when
   * nothing is asked for as long as a statement may take.
   * @throws what the work throws; Unavailable, as above
   */
  transaction<Result>(work: (query: Database['query']) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** How to reach a database. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly log: Log;
  readonly maxConnections?: number;
  /** Milliseconds until a statement is given up; the server cancels it a little earlier. */
  readonly deadlineMs?: number;
}

/**
 * bigint columns hold positions and counts, far below 2^53; times are RFC 3339 in UTC, as everywhere else.
 * By type oid (`select oid, typname from pg_type`); everything else as `pg` does it.
 */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  20: Number,
  1184: (text) => new Date(text).toISOString(),
};
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    parsers[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Never fails here: the first statement tells whether the server can be reached. */
export function connectDatabase({
  url,
  applicationName,
  log,
  maxConnections = 4,
  deadlineMs = 10_000,
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max: maxConnections,
    types,
    connectionTimeoutMillis: Math.min(5000, deadlineMs),
    query_timeout: deadlineMs,
    statement_timeout: Math.ceil(deadlineMs * 0.9),
    idle_in_transaction_session_timeout: deadlineMs,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (err) => log.warn({ err }, 'idle database connection lost'));

  return {
    query: (statement) => queryOn(pool, statement),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

async function queryOn<Row extends object>(
  on: pg.Pool | pg.PoolClient,
  { name, text, values = [] }: Statement,
): Promise<Row[]> {
  try {
    const result = await on.query<Row>({ name, text, values: [...values] });
    return result.rows;
  } catch (error) {
    throw faultOf(error);
  }
}

async function inTransaction<Result>(
  pool: pg.Pool,
  work: (query: Database['query']) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw faultOf(error);
  });
  // While it is lent, a connection that breaks says so here; the next statement fails, and that is enough.
  const ignore = () => {};
  client.on('error', ignore);
  let broken = true;
  try {
    await queryOn(client, { text: 'begin' });
    const result = await work((statement) => queryOn(client, statement));
    await queryOn(client, { text: 'commit' });
    broken = false;
    return result;
  } finally {
    client.off('error', ignore);
    // A connection in an unknown state is not given back: closing it undoes what was begun.
    client.release(broken);
  }
}
