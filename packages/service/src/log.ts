import pino from 'pino';

/** JSON lines on stdout, each with the service's name; `err` becomes type, message and stack. @param level of pino, or `silent` */
export function createLog(service: string, level: string): pino.Logger {
  return pino({ level, base: { service }, serializers: { err: pino.stdSerializers.err } });
}
