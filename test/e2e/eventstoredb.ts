import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandInProcess } from '@daybook/eventstoredb-stand-in';
import { freePort } from '@daybook/local-servers';
import type { OtherEventStore } from './system.ts';

/** For titles: what `startEventStoreDb` starts. */
export const whichEventStoreDb = process.env.DAYBOOK_TEST_EVENTSTORE_URL
  ? 'EventStoreDB of DAYBOOK_TEST_EVENTSTORE_URL'
  : 'EventStoreDB stand-in, which speaks the protocol and is no EventStoreDB';

/** The EventStoreDB that the environment names, or else the stand-in as a process of its own, with durable data. */
export async function startEventStoreDb(): Promise<OtherEventStore> {
  const url = process.env.DAYBOOK_TEST_EVENTSTORE_URL;
  if (url) return { url, remove: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'daybook-test-eventstoredb-'));
  const standIn = await startStandInProcess(folder, await freePort());
  return {
    ...standIn,
    async remove() {
      await standIn.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
