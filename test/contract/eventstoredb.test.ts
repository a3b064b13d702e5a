import { silent } from '@daybook/core';
import { connectEventStoreDb } from '@daybook/event-store-eventstoredb';
import { type StandIn, startEventStoreDbStandIn } from '@daybook/eventstoredb-stand-in';
import type { EventStoreHarness } from '@daybook/test-support';
import { contractOf, startConsumerProcess } from './contract-of.ts';
import { type RealEventStoreDb, realEventStoreDb } from './real-eventstoredb.ts';

/** How long the server waits for the acknowledgement of a delivery, milliseconds. */
const MESSAGE_TIMEOUT_MS = 2000;

const CANT_TELL = {
  'another last event than the writer believes is a conflict, in whatever history it has the same id':
    'EventStoreDB compares no ids',
  'a stream is started once, the same events again are a conflict':
    'EventStoreDB answers a repeat like the first append',
};

function harnessOn(url: string, server: EventStoreHarness['server']): EventStoreHarness {
  return {
    ...(server === undefined ? {} : { server }),
    slowMs: MESSAGE_TIMEOUT_MS + 1000,
    connect: () => connectEventStoreDb({ url, log: silent, messageTimeoutMs: MESSAGE_TIMEOUT_MS }),
    startKillableConsumer: (options) => startConsumerProcess(url, options),
    connectToMute: (port) =>
      connectEventStoreDb({ url: `esdb+tcp://a:b@127.0.0.1:${port}`, log: silent, deadlineMs: 500 }),
  };
}

describe('on a stand-in, which speaks the protocol and is no EventStoreDB', () => {
  let standIn: StandIn;

  beforeAll(async () => {
    standIn = await startEventStoreDbStandIn();
  });

  afterAll(() => standIn?.stop());

  contractOf('EventStoreDB stand-in', () => harnessOn(standIn.url, standIn), CANT_TELL);
});

describe('on a real server', () => {
  const real = realEventStoreDb();
  let server: RealEventStoreDb;

  if ('reason' in real) {
    console.warn(`SKIPPED: the contract on a real EventStoreDB. ${real.reason}.`);
    contractOf('EventStoreDB', () => harnessOn('', undefined), { '*': real.reason });
    return;
  }

  beforeAll(async () => {
    server = await real.start();
  }, 300_000);

  afterAll(() => server?.remove(), 60_000);

  const reasons = process.env.DAYBOOK_TEST_EVENTSTORE_URL
    ? { ...CANT_TELL, restart: 'the server of DAYBOOK_TEST_EVENTSTORE_URL is not ours to crash' }
    : CANT_TELL;
  contractOf('EventStoreDB', () => harnessOn(server.url, server as EventStoreHarness['server']), reasons);
});
