import { ownOf } from '@daybook/core';

/**
 * What an error of the server is about:
 * `data` the values that were sent, so the message that they came from; trying again can't help.
 * `statement` the text of the statement, or what it stands on: a mistake of whoever wrote it, or a schema that is not the
 * one it was written for.
 * `missing` a schema, table, column or function that the migrations create.
 * `server` the server, the connection, the transaction, or what the role may do: nothing to do with the message.
 */
export type SqlStateMeaning = 'data' | 'statement' | 'missing' | 'server';

/**
 * By the class of a SQLSTATE, its first two letters.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const CLASSES: Readonly<Record<string, SqlStateMeaning>> = {
  '00': 'statement', // successful completion: never an error of the server's own
  '01': 'statement', // warning
  '02': 'statement', // no data
  '03': 'statement', // SQL statement not yet complete
  '08': 'server', // connection exception
  '09': 'statement', // triggered action exception
  '0A': 'statement', // feature not supported; also a prepared statement whose table was changed
  '0B': 'statement', // invalid transaction initiation
  '0F': 'statement', // locator exception
  '0L': 'statement', // invalid grantor
  '0P': 'statement', // invalid role specification
  '0Z': 'statement', // diagnostics exception
  '20': 'statement', // case not found
  '21': 'data', // cardinality violation: the same row twice in one batch
  '22': 'data', // data exception
  '23': 'data', // integrity constraint violation
  '24': 'statement', // invalid cursor state
  '25': 'statement', // invalid transaction state
  '26': 'server', // invalid SQL statement name: a pooler has changed the connection
  '27': 'statement', // triggered data change violation
  '28': 'server', // invalid authorization specification
  '2B': 'statement', // dependent privilege descriptors still exist
  '2D': 'statement', // invalid transaction termination
  '2F': 'statement', // SQL routine exception
  '34': 'statement', // invalid cursor name
  '38': 'statement', // external routine exception
  '39': 'statement', // external routine invocation exception
  '3B': 'statement', // savepoint exception
  '3D': 'server', // invalid catalog name: the database does not exist
  '3F': 'missing', // invalid schema name
  '40': 'server', // transaction rollback: deadlocks, serialization failures
  '42': 'statement', // syntax error or access rule violation
  '44': 'data', // WITH CHECK OPTION violation
  '53': 'server', // insufficient resources
  '54': 'data', // program limit exceeded: a value too large for an index, JSON too deep
  '55': 'server', // object not in prerequisite state
  '57': 'server', // operator intervention
  '58': 'server', // system error
  '72': 'server', // snapshot failure
  F0: 'server', // configuration file error
  HV: 'server', // foreign data wrapper error
  P0: 'statement', // PL/pgSQL error: what functions and triggers raise
  XX: 'server', // internal error
};

/** Codes that mean something else than their class. */
const CODES: Readonly<Record<string, SqlStateMeaning>> = {
  '08P01': 'statement', // protocol violation: a statement with more or fewer parameters than values
  '25006': 'server', // read-only transaction: a standby, or a database that was made read-only
  '25P03': 'server', // idle in transaction for too long
  '25P04': 'server', // transaction timeout
  '42501': 'server', // insufficient privilege
  '42703': 'missing', // undefined column
  '42704': 'missing', // undefined object
  '42883': 'missing', // undefined function
  '42P01': 'missing', // undefined table
  '42P05': 'server', // duplicate prepared statement: a pooler has changed the connection
  '54011': 'statement', // too many columns
  '54023': 'statement', // too many arguments
};

/** @param code a SQLSTATE; one that nobody knows is the server's */
export function meaningOfSqlState(code: string): SqlStateMeaning {
  return ownOf(CODES, code) ?? ownOf(CLASSES, code.slice(0, 2)) ?? 'server';
}

const REMEDIES: Readonly<Record<string, string>> = {
  '28': 'check the user and the password in its URL',
  '3D': "create the database, and run 'daybook migrate'",
  '42501': "grant the role what it needs: 'daybook migrate' does, with EVENT_STORE_SERVICE_ROLE",
};

const RUN_MIGRATE = "run 'daybook migrate', which creates what is missing; this goes on by itself afterwards";

/** @returns what a person can do about it; undefined for what passes by itself, or needs a look at the server */
export function remedyOfSqlState(code: string): string | undefined {
  if (meaningOfSqlState(code) === 'missing') return RUN_MIGRATE;
  return ownOf(REMEDIES, code) ?? ownOf(REMEDIES, code.slice(0, 2));
}
