import { afterFault } from '@daybook/core';
import pino from 'pino';

/**
 * JSON lines on stdout, each with the service's name; `err` becomes type, message and stack; without a stack where something is only waited for.
 * Written at once and not behind the caller's back: else the last line before an exit can overtake those before it.
 * @param level of pino, or `silent`
 */
export function createLog(service: string, level: string): pino.Logger {
  const options = { level, base: { service }, serializers: { err: errorForLog } };
  return pino(options, pino.destination({ dest: 1, sync: true }));
}

/** That a server is away is said often: the message tells all of it, and the stack nothing more. */
export function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error) || afterFault(error) !== 'wait') return pino.stdSerializers.err(error as Error);
  return { type: error.name, message: error.message };
}
