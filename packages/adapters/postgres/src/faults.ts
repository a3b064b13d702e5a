import { Unavailable } from '@daybook/core';
import { DatabaseError } from 'pg';
import { meaningOfSqlState, remedyOfSqlState, type SqlStateMeaning } from './sqlstates.ts';

/** Of values that can't be sent or read: ours, or the data's. */
const MISTAKES = [TypeError, RangeError, SyntaxError];

/**
 * The error to throw for one of a statement: what is wrong with its data is thrown as it is; everything else is waited for,
 * because it is not the message's fault and may be put right.
 * @returns {@link Unavailable}, or the error itself
 */
export function faultOf(error: unknown): unknown {
  if (error instanceof DatabaseError) return meaningOf(error) === 'data' ? error : unavailable(error);
  // Whatever the server did not say itself was said by the driver about the connection: refused, reset, timed out, ended.
  return MISTAKES.some((mistake) => error instanceof mistake) ? error : unavailable(error);
}

/** The error to throw when no connection could be had: whatever it says, no message is at fault. */
export function unavailable(error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  const code = databaseErrorOf(error)?.code;
  return new Unavailable('Postgres', error, code === undefined ? undefined : remedyOfSqlState(code));
}

/**
 * Runs a statement that an app wrote: a mistake in it is the app's to mend and would not pass, so it is not waited for.
 * @throws the database's error where that is about the statement; as {@link faultOf} otherwise
 */
export async function writtenByApp<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw meaningOf(error) === 'statement' ? databaseErrorOf(error) : error;
  }
}

/** @returns what the server said, also when that is waited for; undefined when it said nothing */
export function databaseErrorOf(error: unknown): DatabaseError | undefined {
  const said = error instanceof Unavailable ? error.cause : error;
  return said instanceof DatabaseError ? said : undefined;
}

/** @returns what an error of the server is about; undefined when it said nothing */
function meaningOf(error: unknown): SqlStateMeaning | undefined {
  const code = databaseErrorOf(error)?.code;
  return code === undefined ? undefined : meaningOfSqlState(code);
}

/** @returns whether the server refused a statement because its connection, or the whole server, only reads */
export function isRefusedToWrite(error: unknown): boolean {
  return databaseErrorOf(error)?.code === '25006';
}

/** @returns whether a statement failed because a table that it names is not there */
export function isMissingTable(error: unknown): boolean {
  return databaseErrorOf(error)?.code === '42P01';
}

/** @returns whether a statement failed by a value that its type does not have, or that is no text Postgres keeps (class 22) */
export function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('22') === true;
}

/** @returns the name of the unique constraint that a statement ran into, if it did */
export function violatedConstraint(error: unknown): string | undefined {
  const said = databaseErrorOf(error);
  return said?.code === '23505' ? said.constraint : undefined;
}
