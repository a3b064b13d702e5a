import { randomUUID } from 'node:crypto';
import {
  type ConnectionSettings,
  createConnection,
  createJsonEventData,
  type EventData,
  type EventStoreNodeConnection,
  type EventStorePersistentSubscription,
  PersistentSubscriptionSettings,
  type ResolvedEvent,
  UserCredentials,
} from 'node-eventstore-client';
import { type StandIn, type StandInOptions, startEventStoreDbStandIn } from './stand-in.ts';

export const admin = new UserCredentials('admin', 'changeit');
const cleanups: (() => Promise<void> | void)[] = [];

/** Ends what a test has started, the last first. */
export async function cleanUp(): Promise<void> {
  for (const end of cleanups.splice(0).reverse()) await end();
}

/** Has something done at the end of the test. */
export function atEnd(end: () => Promise<void> | void): void {
  cleanups.push(end);
}

/** A stand-in for one test. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await startEventStoreDbStandIn({ tickMs: 20, ...options });
  atEnd(() => standIn.stop());
  return standIn;
}

/** A client that is connected. */
export async function connectTo(
  { url }: { readonly url: string },
  settings: ConnectionSettings = {},
): Promise<EventStoreNodeConnection> {
  const { hostname, port } = new URL(url);
  const connection = createConnection(
    {
      defaultUserCredentials: admin,
      maxReconnections: -1,
      reconnectionDelay: 0,
      operationTimeoutCheckPeriod: 100,
      ...settings,
    },
    `tcp://${hostname}:${port}`,
  );
  connection.on('error', () => {});
  connection.on('closed', () => {});
  const connected = new Promise((resolve) => connection.once('connected', resolve));
  await connection.connect();
  atEnd(() => connection.close());
  await connected;
  return connection;
}

/** An event with an id of its own unless one is given. */
export function event(type = 'Happened', id: string = randomUUID(), data: object = { type }): EventData {
  return createJsonEventData(id, data, { from: 'test' }, type);
}

/** A number that the client gives as a Long, or null. */
export function num(long: { toNumber(): number } | undefined): number | undefined {
  return long?.toNumber();
}

/** The numbers of the events of a stream, as the client reads them forwards. */
export async function typesOf(connection: EventStoreNodeConnection, stream: string): Promise<(string | undefined)[]> {
  const slice = await connection.readStreamEventsForward(stream, 0, 4096, true);
  return slice.events.map((resolved) => resolved.event?.eventType);
}

/** Asks until the answer is true, for at most 5 seconds. */
export async function until(done: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const end = Date.now() + 5000;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`${what} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A pause in ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

interface GroupOptions {
  readonly resolveLinkTos?: boolean;
  readonly startFrom?: number;
  readonly messageTimeout?: number;
  readonly maxRetryCount?: number;
  readonly historyBufferSize?: number;
  readonly checkPointAfter?: number;
  readonly minCheckPointCount?: number;
  readonly maxCheckPointCount?: number;
  readonly maxConsumers?: number;
  readonly strategy?: string;
}

/** Settings of a group that starts at the beginning; a test says what it wants otherwise. */
export function groupSettings(options: GroupOptions = {}): PersistentSubscriptionSettings {
  return new PersistentSubscriptionSettings(
    options.resolveLinkTos ?? true,
    options.startFrom ?? 0,
    false,
    options.messageTimeout ?? 30_000,
    options.maxRetryCount ?? 10,
    500,
    20,
    options.historyBufferSize ?? 500,
    options.checkPointAfter ?? 20,
    options.minCheckPointCount ?? 1,
    options.maxCheckPointCount ?? 1000,
    options.maxConsumers ?? 0,
    options.strategy ?? 'RoundRobin',
  );
}

/** A consumer that notes what it gets. */
export interface TestConsumer {
  readonly got: ResolvedEvent[];
  readonly drops: { readonly reason: string; readonly error: Error | undefined }[];
  readonly subscription: EventStorePersistentSubscription;
  /** What it got, as event numbers in the streams that the events came from. */
  numbers(): (number | undefined)[];
}

type Handler = (subscription: EventStorePersistentSubscription, event: ResolvedEvent) => void | Promise<void>;

/** Joins a group; it acknowledges each event unless a handler is given. */
export async function consume(
  connection: EventStoreNodeConnection,
  stream: string,
  group: string,
  handle: Handler = (subscription, resolved) => subscription.acknowledge(resolved),
  bufferSize = 10,
): Promise<TestConsumer> {
  const got: ResolvedEvent[] = [];
  const drops: TestConsumer['drops'] = [];
  const subscription = await connection.connectToPersistentSubscription(
    stream,
    group,
    (own, resolved) => {
      got.push(resolved);
      return handle(own, resolved);
    },
    (_own, reason, error) => drops.push({ reason, error }),
    admin,
    bufferSize,
    false,
  );
  return { got, drops, subscription, numbers: () => got.map((resolved) => num(resolved.event?.eventNumber)) };
}
