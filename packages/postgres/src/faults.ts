import { Unavailable } from '@daybook/core';
import { DatabaseError } from 'pg';

/**
 * SQLSTATE classes and codes that say nothing about the statement: connection (08), resources (53), operator
 * intervention such as a shutdown (57), a statement cancelled by its timeout, a deadlock or a serialization failure.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING = /^(08|53|57|40001|40P01|55P03|25P03|25006)/;

/** The server would not let us in at all: waiting does not help, and hiding it neither. */
const REFUSED = /^(28|3D)/;

/** @returns the error to throw: {@link Unavailable} for what passes, the error itself for what is wrong with the statement */
export function faultOf(error: unknown): unknown {
  if (error instanceof DatabaseError && error.code !== undefined) {
    return PASSING.test(error.code) || REFUSED.test(error.code) ? new Unavailable('Postgres', error) : error;
  }
  // Whatever the server did not say itself was said by the driver about the connection: refused, reset, timed out, ended.
  // A TypeError is our own mistake.
  return error instanceof TypeError ? error : new Unavailable('Postgres', error);
}

/** @returns whether a statement failed because a table that it names is not there */
export function isMissingTable(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '42P01';
}

/** @returns the name of the unique constraint that a statement ran into, if it did */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof DatabaseError && error.code === '23505' ? error.constraint : undefined;
}
