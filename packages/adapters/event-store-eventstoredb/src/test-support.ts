import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EventStore, silent } from '@daybook/core';
import { type StandIn, type StandInOptions, startEventStoreDbStandIn } from '@daybook/eventstoredb-stand-in';
import esdb from 'node-eventstore-client';
import { parseAddress } from './address.ts';
import { type Connection, openConnection } from './connection.ts';
import { connectEventStoreDb, type EventStoreDbOptions } from './index.ts';

const cleanups: (() => Promise<unknown> | unknown)[] = [];

/** Ends what a test has started, the last first. */
export async function cleanUp(): Promise<void> {
  for (const end of cleanups.splice(0).reverse()) await end();
}

/** Has something done at the end of the test. */
export function atEnd(end: () => Promise<unknown> | unknown): void {
  cleanups.push(end);
}

/** A server of the test's own. */
export async function startServer(options: StandInOptions = {}): Promise<StandIn> {
  const server = await startEventStoreDbStandIn({ tickMs: 20, ...options });
  atEnd(() => server.stop());
  return server;
}

/** A store on it. */
export function connectTo(url: string, options: Partial<EventStoreDbOptions> = {}): EventStore {
  const store = connectEventStoreDb({ url, log: silent, pollMs: 50, ...options });
  atEnd(() => store.close());
  return store;
}

/** A server and a store. */
export async function startBoth(options: Partial<EventStoreDbOptions> = {}) {
  const server = await startServer();
  return { server, store: connectTo(server.url, options) };
}

/** The client itself, to do what the port does not. */
export async function rawClient(url: string): Promise<Connection> {
  const listener = { connected() {}, disconnected() {}, closed() {} };
  const { signal } = new AbortController();
  const connection = await openConnection(parseAddress(url), { name: 'test', timeoutMs: 5000, signal }, listener);
  atEnd(() => connection.client.close());
  return connection;
}

/** An event as the client wants it. */
export const rawEvent = (id: string, data = '{}') => esdb.createEventData(id, 'Happened', true, Buffer.from(data));

/** An HTTP server that says it is an EventStoreDB of a version. @returns its port */
export async function startInfo(esVersion: string): Promise<number> {
  const info: Server = createServer((_, response) => response.end(JSON.stringify({ esVersion }))).listen(
    0,
    '127.0.0.1',
  );
  await once(info, 'listening');
  atEnd(() => info.close());
  return (info.address() as AddressInfo).port;
}
