import { Fault } from '@daybook/core';

/** How fresh an answer must be. */
export interface ReadOptions {
  /** Of a command's reply: the answer includes what the command wrote. */
  readonly token?: string;
  /** Milliseconds, in whole seconds, to wait for that; 0 by default. */
  readonly waitMs?: number;
}

/** The read model does not include the token (yet). The command itself is done. */
export class NotYet extends Fault {
  constructor(url: string, said: string) {
    super('not_yet', 'retry', `${url} does not include the token yet: ${said}`);
  }
}

/** What a query says of how fresh its answer must be. */
export function headersOf({ token, waitMs = 0 }: ReadOptions): Record<string, string> {
  if (token === undefined) return {};
  return { 'daybook-token': token, prefer: `wait=${Math.ceil(waitMs / 1000)}` };
}
