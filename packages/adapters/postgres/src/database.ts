import type { Log } from '@daybook/core';
import pg from 'pg';
import { faultOf, unavailable } from './faults.ts';
import { beginSession, beginTransaction, isBehindPooler, type Limits } from './session.ts';
import { types } from './types.ts';

/** A statement; with a name it is parsed and planned once a connection, where that is possible. */
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
  /** Whether the server refuses whatever writes; each statement is a transaction of its own then. */
  readonly readOnly?: boolean;
  /** Called whenever a connection was lost, or could not be had: what answers next may be another server. */
  readonly onConnectionLost?: () => void;
}

/** Never fails here: the first statement tells whether the server can be reached. */
export function connectDatabase({
  url,
  applicationName,
  log,
  maxConnections = 4,
  deadlineMs = 10_000,
  readOnly = false,
  onConnectionLost = ignore,
}: DatabaseOptions): Database {
  const limits: Limits = { statementMs: Math.ceil(deadlineMs * 0.9), idleInTransactionMs: deadlineMs };
  let told = false;
  // The pool awaits it, though its types do not say so.
  const onConnect: (client: pg.ClientBase) => unknown = async (client) => {
    if (!(await beginSession(client, limits)) || told) return;
    told = true;
    log.info({ statement_timeout_ms: limits.statementMs }, ON_POOLER);
  };
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max: maxConnections,
    types,
    connectionTimeoutMillis: Math.min(5000, deadlineMs),
    query_timeout: deadlineMs,
    keepAlive: true,
    onConnect,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (err) => {
    log.warn({ err }, 'an idle database connection was lost; another is opened when needed');
    onConnectionLost();
  });

  return {
    query: (statement) =>
      readOnly ? inTransaction((query) => query(statement)) : onConnection((client) => queryOn(client, statement)),
    transaction: inTransaction,
    close: () => pool.end(),
  };

  function inTransaction<Result>(work: (query: Database['query']) => Promise<Result>): Promise<Result> {
    return onConnection(async (client) => {
      await queryOn(client, { text: beginTransaction(limits, readOnly) });
      const result = await work((statement) => queryOn(client, statement));
      await queryOn(client, { text: 'commit' });
      return result;
    });
  }

  async function onConnection<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await pool.connect().catch((error: unknown) => {
      onConnectionLost();
      throw unavailable(error);
    });
    // While it is lent, a connection that breaks says so here; the next statement fails, and that is enough.
    client.on('error', onConnectionLost);
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } finally {
      client.off('error', onConnectionLost);
      // A connection in an unknown state is not given back: closing it undoes what was begun.
      client.release(broken);
    }
  }
}

const ON_POOLER =
  'the database is reached through a connection pooler: statements are not prepared, and how long one may take is up to ' +
  'the pooler or the role (alter role … set statement_timeout = …)';

function ignore(): void {}

async function queryOn<Row extends object>(
  client: pg.PoolClient,
  { name, text, values = [] }: Statement,
): Promise<Row[]> {
  try {
    // What one session has prepared, the next one does not know.
    const prepared = isBehindPooler(client) ? undefined : name;
    const result = await client.query<Row>({ name: prepared, text, values: [...values] });
    return result.rows;
  } catch (error) {
    throw faultOf(error);
  }
}
