import { silent } from '@daybook/core';
import { connectPostgresEventStore } from '@daybook/event-store-postgres';
import { startTestPostgres, type TestServer } from '@daybook/test-support';
import { contractOf, startConsumerProcess } from './contract-of.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestPostgres();
}, 120_000);

afterAll(() => server?.remove(), 60_000);

contractOf('Postgres', () => ({
  server,
  slowMs: 1500,
  connect: () => connectPostgresEventStore({ url: server.url, log: silent, leaseMs: 900 }),
  startKillableConsumer: (options) => startConsumerProcess(server.url, options),
  connectToMute: (port) =>
    connectPostgresEventStore({ url: `postgres://a:b@127.0.0.1:${port}/c`, log: silent, deadlineMs: 500 }),
}));
