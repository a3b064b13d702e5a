import type { Log } from '@daybook/core';

/** Where to listen, and for what. */
export interface ListenOptions {
  /** Through which notifications are sent. */
  readonly url: string;
  /** Another way to the same database, past a pooler that carries no notifications; `url` when left out. */
  readonly listenUrl?: string | undefined;
  readonly channel: string;
  readonly applicationName: string;
  readonly log: Log;
}
