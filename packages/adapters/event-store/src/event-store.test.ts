import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silent } from '@daybook/core';
import { needsSchema, openEventStore } from './index.ts';

let server: Server;
let httpPort: number;
let esVersion: string;

beforeAll(async () => {
  server = createServer((_request, answer) => answer.end(JSON.stringify({ esVersion, state: 'leader' })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  httpPort = (server.address() as AddressInfo).port;
});

afterAll(() => server.close());

const open = () => openEventStore({ url: `esdb+tcp://admin:secret@127.0.0.1:1?httpPort=${httpPort}`, log: silent });

test.each(['24.2.0.0', '24.10.1', '25.0.0.1673'])(
  'EventStoreDB %s is refused, with the alternatives',
  async (version) => {
    esVersion = version;
    await expect(open()).rejects.toThrow(
      new RegExp(`EventStoreDB ${version}.*23\\.10.*EVENTSTORE_ENABLE_EXTERNAL_TCP.*Postgres`),
    );
  },
);

test.each(['23.10.7.0', '4.1.4', 'unknown'])('EventStoreDB %s is not', async (version) => {
  esVersion = version;
  await (await open()).close();
});

test('a server that is not there yet is waited for later', async () => {
  const store = await openEventStore({ url: 'postgres://a:b@127.0.0.1:1/c', log: silent });
  await store.close();
});

test('only Postgres needs tables', () => {
  expect(['postgres://h/d', 'postgresql://h/d', 'esdb+tcp://h:1113'].map(needsSchema)).toEqual([true, true, false]);
});
