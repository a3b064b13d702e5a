import pino from 'pino';

/**
 * JSON lines on stdout, each with the service's name; `err` becomes type, message and stack.
 * Written at once and not behind the caller's back: else the last line before an exit can overtake those before it.
 * @param level of pino, or `silent`
 */
export function createLog(service: string, level: string): pino.Logger {
  const options = { level, base: { service }, serializers: { err: pino.stdSerializers.err } };
  return pino(options, pino.destination({ dest: 1, sync: true }));
}
