import type pg from 'pg';

/** How long the server lets a connection take, milliseconds. */
export interface Limits {
  /** A statement that takes longer is cancelled. */
  readonly statementMs: number;
  /** A transaction that nothing is asked of for longer is undone. */
  readonly idleInTransactionMs: number;
}

/** Connections behind a pooler, where the next statement may be run by another session of the server. */
const behindPooler = new WeakSet<pg.ClientBase>();

/**
 * Finds out whether the server's session is this connection's own, and sets its limits where it is. They are no parameters of
 * the connection, since poolers refuse those; and behind a pooler nothing is set, because it would stay behind for others.
 * A pooler shows by the process id that it gave: it is not that of the session.
 * @returns whether there is a pooler
 */
export async function beginSession(client: pg.ClientBase, { statementMs, idleInTransactionMs }: Limits) {
  const { rows } = await client.query<{ own: boolean }>({
    text: `
      select case when pg_backend_pid() = $1 then
        set_config('statement_timeout', $2, false) <> '' and
        set_config('idle_in_transaction_session_timeout', $3, false) <> ''
      else false end as own`,
    values: [processIdOf(client), String(statementMs), String(idleInTransactionMs)],
  });
  const pooled = rows[0]?.own !== true;
  if (pooled) behindPooler.add(client);
  return pooled;
}

/** @returns whether statements of this connection may be run by one session after another */
export function isBehindPooler(client: pg.ClientBase): boolean {
  return behindPooler.has(client);
}

/** The statements that begin a transaction: its limits go with it, whoever's session it is. */
export function beginTransaction({ statementMs, idleInTransactionMs }: Limits, readOnly: boolean): string {
  return [
    readOnly ? 'begin read only' : 'begin',
    `set local statement_timeout = ${statementMs}`,
    `set local idle_in_transaction_session_timeout = ${idleInTransactionMs}`,
  ].join('; ');
}

/** As the server told it when the connection was made; 0 when it did not. */
function processIdOf(client: pg.ClientBase): number {
  return (client as { processID?: number | null }).processID ?? 0;
}
