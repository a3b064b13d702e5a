import { type OtherEventStore, startTestEventStoreDb } from '@daybook/test-support';

/** For titles: what `startEventStoreDb` starts. */
export const whichEventStoreDb = process.env.DAYBOOK_TEST_EVENTSTORE_URL
  ? 'EventStoreDB of DAYBOOK_TEST_EVENTSTORE_URL'
  : 'EventStoreDB stand-in, which speaks the protocol and is no EventStoreDB';

/** The EventStoreDB that the environment names, or else the stand-in as a process of its own, with durable data. */
export async function startEventStoreDb(): Promise<OtherEventStore> {
  const url = process.env.DAYBOOK_TEST_EVENTSTORE_URL;
  return url ? { url, remove: async () => {} } : startTestEventStoreDb();
}
