import { equal, ok, rejects, deepStrictEqual as same } from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterFault, type EventStore, type NewEvent } from '@daybook/core';
import { eventually } from '../until.ts';
import { type ContractCase, type EventStoreHarness, nameOf, newEvents, withScene } from './harness.ts';

/** How long the server stays away, milliseconds. */
const AWAY_MS = 500;

async function crash({ server }: EventStoreHarness): Promise<void> {
  if (server === undefined) throw new Error('there is no server to crash');
  await server.kill();
  await sleep(AWAY_MS);
  await server.start();
}

/** Again and again while the store is not available; its answer may have been lost, so the same events each time. */
async function insist<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const deadline = Date.now() + 60_000; ; ) {
    try {
      return await work();
    } catch (error) {
      if (afterFault(error) !== 'wait' || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function withMutePeer(harness: EventStoreHarness, play: (store: EventStore) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const mute = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const address = mute.address();
  const store = harness.connectToMute?.(typeof address === 'object' && address ? address.port : 0);
  if (store === undefined) throw new Error('there is no server that could be mute');
  try {
    await play(store);
  } finally {
    await store.close();
    for (const socket of sockets) socket.destroy();
    mute.close();
  }
}

const mine = 'test-Thing-1';
const calls: Record<string, (store: EventStore) => Promise<unknown>> = {
  append: (store) => store.append(mine, 'no-stream', newEvents(1)),
  read: (store) => store.read(mine, 0, 1),
  readBackwards: (store) => store.readBackwards(mine, 'end', 1),
  readFeed: (store) => store.readFeed('test', 0, 1),
  groupStatus: (store) => store.groupStatus('group', 'test'),
  groupProgress: (store) => store.groupProgress('group', 'test'),
  dropGroup: (store) => store.dropGroup('group', 'test'),
  listParked: (store) => store.listParked('group', 'test'),
  replayParked: (store) => store.replayParked('group', 'test'),
  ping: (store) => store.ping(),
};

/** A server that takes connections and never answers. */
export const deadlineCases: readonly Omit<ContractCase, 'section'>[] = Object.entries(calls).map(([call, make]) => ({
  name: `${call} is given up in time, as Unavailable`,
  run: (harness) =>
    withMutePeer(harness, async (store) => {
      const late = sleep(5000, 'too late', { ref: false });
      const outcome = make(store).then(
        () => 'answered',
        (error: unknown) => afterFault(error),
      );
      equal(await Promise.race([outcome, late]), 'wait');
    }),
}));

/** The server crashes and comes back in the middle of it. */
export const restartCases: readonly Omit<ContractCase, 'section'>[] = [
  {
    name: 'appends: each stored once, in order, though answers were lost',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const write = async (entity: number) => {
          for (let revision = 0; revision < 150; revision++) {
            const events = newEvents(1);
            await insist(() =>
              scene.store.append(scene.stream(entity), revision === 0 ? 'no-stream' : revision - 1, events),
            );
          }
        };
        const writing = Promise.all([0, 1, 2, 3].map(write));
        await sleep(150);
        await crash(harness);
        await writing;
        for (const entity of [0, 1, 2, 3]) equal((await scene.store.read(scene.stream(entity), 0, 1000)).length, 150);
      }),
  },
  {
    name: 'reads: Unavailable meanwhile, right again afterwards',
    run: (harness) =>
      withScene(harness, async (scene) => {
        await scene.append(1, 'no-stream', 5);
        let reading = true;
        const outcomes = new Set<string>();
        const reader = (async () => {
          while (reading) {
            const outcome = await scene.store.read(scene.stream(1), 0, 10).then(
              (events) => `${events.length} events`,
              (error: unknown) => afterFault(error),
            );
            outcomes.add(outcome);
            await sleep(5);
          }
        })();
        await crash(harness);
        await eventually('an answer again', () => scene.store.read(scene.stream(1), 0, 10).then(() => true));
        reading = false;
        await reader;
        ok(
          [...outcomes].every((outcome) => outcome === '5 events' || outcome === 'wait'),
          [...outcomes].join(),
        );
        equal((await insist(() => scene.store.read(scene.stream(1), 0, 10))).length, 5);
      }),
  },
  {
    name: 'the feed: nothing missed by a reader that follows',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const seen: string[] = [];
        let after = 0;
        const follow = async () => {
          const events = await insist(() => scene.store.readFeed(scene.context, after, 10));
          seen.push(...events.map(nameOf));
          after = events.at(-1)?.position ?? after;
        };
        const batches = Array.from({ length: 60 }, () => newEvents(1));
        const write = (events: NewEvent[], n: number) =>
          insist(() => scene.store.append(scene.stream(n), 'no-stream', events));
        const writing = (async () => {
          for (const [n, events] of batches.entries()) await write(events, n);
        })();
        const crashing = sleep(100).then(() => crash(harness));
        await eventually(
          'all',
          async () => {
            await follow();
            return seen.length >= 60;
          },
          60_000,
        );
        await Promise.all([writing, crashing]);
        same([...seen].sort(), batches.map((_, n) => `${n}@0`).sort());
      }),
  },
  {
    name: 'a group: goes on by itself, nothing missed',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const seen = new Set<string>();
        const consumer = await scene.store.subscribe({
          group: 'group',
          context: scene.context,
          handle: async (events) => {
            for (const event of events) seen.add(nameOf(event));
            await sleep(5);
          },
        });
        await scene.appendMany(30, 2);
        await eventually('some', () => seen.size > 0);
        await crash(harness);
        for (const [n, events] of Array.from({ length: 30 }, () => newEvents(1)).entries()) {
          await insist(() => scene.store.append(scene.stream(`later-${n}`), 'no-stream', events));
        }
        await eventually('all', () => seen.size === 90, 60_000);
        await consumer.stop();
      }),
  },
  {
    name: 'a call that is refused while it is away says Unavailable',
    run: (harness) =>
      withScene(harness, async (scene) => {
        await scene.append(1, 'no-stream');
        await harness.server?.kill();
        const call = scene.store.read(scene.stream(1), 0, 1);
        await rejects(Promise.race([call, sleep(15_000, undefined, { ref: false })]), { next: 'wait' });
        await harness.server?.start();
        await insist(() => scene.store.ping());
      }),
  },
];
