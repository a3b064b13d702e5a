import type { EventStoreNodeConnection } from 'node-eventstore-client';
import { cleanUp, connectTo, consume, event, groupSettings, num, pause, startStandIn, until } from './test-client.ts';

const RETRY = 2;
const STREAMS = 10;
const EACH = 20;

afterEach(cleanUp);

/** Notes, over all consumers of a group, what was handled, and how often a stream's events were out of order. */
function createJournal() {
  const last = new Map<string, number>();
  const handled = new Set<string>();
  const journal = {
    violations: 0,
    duplicates: 0,
    handled,
    note(stream: string, number: number) {
      if (handled.has(`${number}@${stream}`)) journal.duplicates += 1;
      if (number !== (last.get(stream) ?? -1) + 1) journal.violations += 1;
      handled.add(`${number}@${stream}`);
      last.set(stream, number);
    },
    async join(client: EventStoreNodeConnection) {
      const seen = new Set<string>();
      const consumer = await consume(client, '$ce-s', 'g', async (subscription, resolved) => {
        const stream = resolved.event?.eventStreamId ?? '';
        seen.add(stream);
        await pause(1);
        journal.note(stream, num(resolved.event?.eventNumber) ?? -1);
        subscription.acknowledge(resolved);
      });
      return { ...consumer, seen };
    },
  };
  return journal;
}

async function group(strategy: string) {
  const standIn = await startStandIn();
  const writer = await connectTo(standIn);
  await writer.createPersistentSubscription('$ce-s', 'g', groupSettings({ strategy }));
  return { standIn, writer };
}

async function write(writer: EventStoreNodeConnection, streams = STREAMS, each = EACH) {
  for (let index = 0; index < each; index += 1) {
    await Promise.all(
      Array.from({ length: streams }, (_, stream) => writer.appendToStream(`s-${stream}`, index - 1, event())),
    );
  }
}

test('Pinned, 2 consumers: each stream at one of them, in order', async () => {
  const { standIn, writer } = await group('Pinned');
  const journal = createJournal();
  const one = await journal.join(await connectTo(standIn));
  const two = await journal.join(await connectTo(standIn));
  await write(writer);
  await until(() => journal.handled.size === STREAMS * EACH);
  expect([journal.violations, journal.duplicates]).toEqual([0, 0]);
  expect([...one.seen].filter((stream) => two.seen.has(stream))).toEqual([]);
  expect(Math.abs(one.seen.size - two.seen.size)).toBeLessThanOrEqual(1);
});

test('Pinned, one leaving cleanly: its streams go to the other, nothing is lost', async () => {
  const { standIn, writer } = await group('Pinned');
  const journal = createJournal();
  const one = await journal.join(await connectTo(standIn));
  const two = await journal.join(await connectTo(standIn));
  const written = write(writer);
  await until(() => journal.handled.size > 50);
  one.subscription.stop();
  await written;
  await until(() => journal.handled.size === STREAMS * EACH);
  expect(two.seen.size).toBe(STREAMS);
});

test('Pinned, one joining: it takes half of the streams', async () => {
  const { standIn, writer } = await group('Pinned');
  const journal = createJournal();
  await journal.join(await connectTo(standIn));
  await write(writer, STREAMS, 1);
  await until(() => journal.handled.size === STREAMS);
  const two = await journal.join(await connectTo(standIn));
  for (let stream = 0; stream < STREAMS; stream += 1) await writer.appendToStream(`s-${stream}`, 0, event());
  await until(() => journal.handled.size === 2 * STREAMS);
  expect([two.seen.size, journal.violations]).toEqual([STREAMS / 2, 0]);
});

test('RoundRobin, 2 consumers: the same stream at both', async () => {
  const { standIn, writer } = await group('RoundRobin');
  const journal = createJournal();
  const one = await journal.join(await connectTo(standIn));
  const two = await journal.join(await connectTo(standIn));
  // An odd number: with an even one, taking turns would split the streams by chance.
  await write(writer, 9);
  await until(() => journal.handled.size === 9 * EACH);
  expect([...one.seen].filter((stream) => two.seen.has(stream)).length).toBeGreaterThan(0);
});

test('DispatchToSingle, 2 consumers: the second gets what the first has no room for', async () => {
  const { standIn, writer } = await group('DispatchToSingle');
  await write(writer, 1, 15);
  await pause(30);
  const first = await consume(await connectTo(standIn), '$ce-s', 'g', () => {});
  await until(() => first.got.length === 10);
  const second = await consume(await connectTo(standIn), '$ce-s', 'g', () => {});
  await until(() => second.got.length === 5);
  expect([first.numbers(), second.numbers()]).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [10, 11, 12, 13, 14],
  ]);
});

test('Pinned and one nak-Retry: later events of the stream overtake it', async () => {
  const { standIn, writer } = await group('Pinned');
  await write(writer, 1, 5);
  await pause(30);
  const order: (number | undefined)[] = [];
  let refused = false;
  await consume(await connectTo(standIn), '$ce-s', 'g', (subscription, resolved) => {
    const number = num(resolved.event?.eventNumber);
    if (number === 1 && !refused) {
      refused = true;
      subscription.fail(resolved, RETRY, 'not yet');
      return;
    }
    order.push(number);
    subscription.acknowledge(resolved);
  });
  await until(() => order.length === 5);
  expect(order).toEqual([0, 2, 3, 4, 1]);
});

test('Pinned, a socket killed with a zombie handler: its events are handled twice', async () => {
  const { standIn, writer } = await group('Pinned');
  await write(writer, 1, 3);
  const client = await connectTo(standIn);
  const handled: string[] = [];
  const zombie = await consume(client, '$ce-s', 'g', async (_subscription, resolved) => {
    await pause(300);
    handled.push(`zombie ${num(resolved.event?.eventNumber)}`);
  });
  await until(() => zombie.got.length === 1);
  const other = await consume(await connectTo(standIn), '$ce-s', 'g');
  client.close();
  await until(() => other.got.length === 3);
  await until(() => handled.length > 0);
  expect([handled[0], other.numbers()]).toEqual(['zombie 0', [0, 1, 2]]);
});
