import { silent } from '@daybook/core';
import { connectPostgresEventStore } from '@daybook/event-store-postgres';
import { findPgbouncer } from '@daybook/local-servers';
import { startTestPgbouncer, startTestPostgres, type TestPooler, type TestServer } from '@daybook/test-support';
import { contractOf, startConsumerProcess } from './contract-of.ts';

/** The event store by way of a connection pooler: the whole contract holds, whoever's session a statement is run by. */
const NONE = findPgbouncer() === undefined ? { '*': 'there is no PgBouncer on this machine' } : {};

describe.each(['transaction', 'session'] as const)('in %s mode', (mode) => {
  let server: TestServer;
  let pooler: TestPooler;

  beforeAll(async () => {
    if ('*' in NONE) return;
    server = await startTestPostgres();
    pooler = await startTestPgbouncer(server.url, mode);
  }, 120_000);

  afterAll(async () => {
    await pooler?.remove();
    await server?.remove();
  }, 60_000);

  contractOf(
    `PgBouncer, ${mode}s`,
    () => ({
      server,
      slowMs: 1500,
      connect: () => connectPostgresEventStore({ url: pooler.url, log: silent, leaseMs: 900 }),
      startKillableConsumer: (options) => startConsumerProcess(pooler.url, options),
      connectToMute: (port) =>
        connectPostgresEventStore({ url: `postgres://a:b@127.0.0.1:${port}/c`, log: silent, deadlineMs: 500 }),
    }),
    NONE,
  );
});
