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
    async query<Row extends object>({ name, text, values = [] }: Statement): Promise<Row[]> {
      try {
        const result = await pool.query<Row>({ ...(name === undefined ? {} : { name }), text, values: [...values] });
        return result.rows;
      } catch (error) {
        throw faultOf(error);
      }
    },
    close: () => pool.end(),
  };
}
