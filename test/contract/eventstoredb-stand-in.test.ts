import { silent } from '@daybook/core';
import { connectEventStoreDb } from '@daybook/event-store-eventstoredb';
import { type StandIn, startEventStoreDbStandIn } from '@daybook/eventstoredb-stand-in';
import { contractOf, startConsumerProcess } from './contract-of.ts';

/** Shorter than the contract's slow handlers take. */
const MESSAGE_TIMEOUT_MS = 1000;

let server: StandIn;

beforeAll(async () => {
  server = await startEventStoreDbStandIn();
}, 120_000);

afterAll(() => server?.stop(), 60_000);

contractOf('EventStoreDB (stand-in)', () => ({
  server,
  slowMs: 1500,
  connect: () =>
    connectEventStoreDb({ url: server.url, log: silent, messageTimeoutMs: MESSAGE_TIMEOUT_MS, pollMs: 100 }),
  startKillableConsumer: (options) => startConsumerProcess(server.url, options),
  connectToMute: (port) =>
    connectEventStoreDb({ url: `esdb+tcp://a:b@127.0.0.1:${port}`, log: silent, deadlineMs: 500 }),
}));
