import type { Log } from '@daybook/core';
import { connectDatabase, isRefusedToWrite, writtenByApp } from '@daybook/postgres';

/** Statements that only read. */
export interface ReadOnly {
  /** @throws Unavailable; the database's error when the statement is wrong, or writes */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Connections to the read store that refuse to write, for queries of an app's own. Connects when it is first used. */
export function connectReadOnly({ url, log }: { readonly url: string; readonly log: Log }): ReadOnly {
  const database = connectDatabase({ url, log, applicationName: 'daybook own queries', readOnly: true });
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      try {
        return await writtenByApp(() => database.query<Row>({ text, values }));
      } catch (error) {
        if (!isRefusedToWrite(error)) throw error;
        throw new Error(`this connection only reads, and the statement writes: ${text}`, { cause: error });
      }
    },
    close: () => database.close(),
  };
}
