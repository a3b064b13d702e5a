/** The part of a pino logger that is used here. Fixed phrases; data goes into the fields. */
export interface Log {
  debug(fields: object, phrase: string): void;
  info(fields: object, phrase: string): void;
  warn(fields: object, phrase: string): void;
  error(fields: object, phrase: string): void;
}

/** For where nobody listens. */
export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
