import { equal, ok, deepStrictEqual as same } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RecordedEvent, type Subscription, type SubscriptionOptions, Unavailable } from '@daybook/core';
import { eventually } from '../until.ts';
import { type ContractCase, type EventStoreHarness, nameOf, type Scene, withScene } from './harness.ts';

/** A scene with a group: what it saw, and its consumers, which are stopped at the end. */
interface Audience {
  readonly scene: Scene;
  readonly seen: RecordedEvent[];
  /** Without a handler of its own a consumer only notes what it sees. */
  subscribe(more?: Partial<SubscriptionOptions>): Promise<Subscription>;
}

export function withGroup(harness: EventStoreHarness, play: (audience: Audience) => Promise<void>): Promise<void> {
  return withScene(harness, async (scene) => {
    const seen: RecordedEvent[] = [];
    const consumers: Subscription[] = [];
    const note = async (events: readonly RecordedEvent[]) => void seen.push(...events);
    try {
      await play({
        scene,
        seen,
        async subscribe(more) {
          const options = { group: 'group', context: scene.context, handle: note, retryDelayMs: 50, ...more };
          const consumer = await scene.store.subscribe(options);
          consumers.push(consumer);
          return consumer;
        },
      });
    } finally {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    }
  });
}

/** Each entity's events came in order, none missing and none twice. */
function inOrder(seen: readonly RecordedEvent[], entities: number, revisions: number): void {
  for (let n = 0; n < entities; n++) {
    const mine = seen.map(nameOf).filter((name) => name.startsWith(`${n}@`));
    same(
      mine,
      Array.from({ length: revisions }, (_, revision) => `${n}@${revision}`),
    );
  }
}

const names = (events: readonly RecordedEvent[]) => new Set(events.map(nameOf));
const upToDate = ({ store, context }: Scene) =>
  eventually('the group is up to date', async () => (await store.groupStatus('group', context)).lag === 0);

/** How groups get their events. */
export const groupCases: readonly Omit<ContractCase, 'section'>[] = [
  {
    name: 'a new group starts at the beginning, and follows',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        await scene.appendMany(5, 2);
        await subscribe();
        await eventually('the past', () => seen.length === 10);
        await scene.append(0, 1);
        await scene.append('new', 'no-stream');
        await eventually('the new', () => seen.length === 12);
        inOrder(seen, 1, 3);
      }),
  },
  {
    name: 'a group on a context without events follows from the first one',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        await subscribe();
        await sleep(200);
        await scene.append(0, 'no-stream');
        await eventually('the first', () => seen.length === 1);
      }),
  },
  {
    name: 'each group gets every event',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const others: RecordedEvent[] = [];
        await subscribe();
        await subscribe({ group: 'other', handle: async (events) => void others.push(...events) });
        await scene.appendMany(10, 2);
        await eventually('both', () => seen.length === 20 && others.length === 20);
      }),
  },
  {
    name: 'two consumers share the entities; each event once, each entity in order',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const other: RecordedEvent[] = [];
        await subscribe();
        await subscribe({ handle: async (events) => void other.push(...events) });
        await sleep(harness.slowMs);
        await scene.appendMany(60, 5);
        await eventually('all events', () => seen.length + other.length >= 300);
        ok(seen.length > 30 && other.length > 30, `${seen.length} and ${other.length}`);
        inOrder([...seen, ...other], 60, 5);
      }),
  },
  {
    name: 'stop finishes what is in hand, and the next consumer goes on behind it',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        let inHand = 0;
        const handle = async (events: readonly RecordedEvent[]) => {
          inHand++;
          await sleep(40);
          seen.push(...events);
          inHand--;
        };
        const first = await subscribe({ handle, batchSize: 10 });
        await scene.appendMany(20, 3);
        await eventually('some', () => seen.length > 0);
        await first.stop();
        equal(inHand, 0);
        await subscribe({ handle, batchSize: 10 });
        await eventually('the rest', () => names(seen).size === 60);
        inOrder(seen, 20, 3);
      }),
  },
  {
    name: 'a consumer that was killed: the others get what it had not finished',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const handled = new Set<string>();
        const onHandled = (name: string) => void handled.add(name);
        const victim = await harness.startKillableConsumer({ group: 'group', context: scene.context, onHandled });
        await scene.appendMany(40, 3);
        await eventually('it is at work', () => handled.size > 5, 60_000);
        await victim.kill();
        await subscribe();
        await eventually('all', () => new Set([...handled, ...names(seen)]).size === 120, 60_000);
        await upToDate(scene);
      }),
  },
  {
    name: 'a handler slower than the server waits for: everything is handled, nothing is parked',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        await scene.appendMany(3, 2);
        let first = true;
        const handle = async (events: readonly RecordedEvent[]) => {
          if (first) await sleep(harness.slowMs);
          first = false;
          seen.push(...events);
        };
        await subscribe({ handle });
        await subscribe({ handle });
        await eventually('all', () => names(seen).size === 6);
        await upToDate(scene);
        same(await scene.store.groupStatus('group', scene.context), { lag: 0, parked: 0, held: 0 });
      }),
  },
  {
    name: 'what is not available is waited for, and counts against nobody',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        let up = false;
        await scene.appendMany(3, 1);
        const handle = async (events: readonly RecordedEvent[]) => {
          if (!up) throw new Unavailable('the read store', 'down');
          seen.push(...events);
        };
        await subscribe({ maxAttempts: 1, handle });
        await sleep(700);
        up = true;
        await eventually('all', () => names(seen).size === 3);
        equal((await scene.store.groupStatus('group', scene.context)).parked, 0);
      }),
  },
  {
    name: 'the lag is what the group has not finished',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        await scene.appendMany(5, 2);
        await scene.feedOf(10);
        equal((await scene.store.groupStatus('group', scene.context)).lag, 10);
        await subscribe();
        await eventually('all', () => seen.length === 10);
        await upToDate(scene);
      }),
  },
  {
    name: 'progress: everything up to a position is done, though others go on appending',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        await scene.appendMany(5, 2);
        await scene.feedOf(10);
        const before = await scene.store.groupProgress('group', scene.context);
        same({ ...before, head: before.head > 0 }, { done: 0, head: true, aside: 0 });
        await subscribe();
        await eventually('it has come as far as the feed was', async () => {
          const { done } = await scene.store.groupProgress('group', scene.context);
          return done >= before.head;
        });
        equal(seen.length, 10);
        await scene.append('new', 'no-stream');
        await eventually('the feed goes on', async () => {
          const { head } = await scene.store.groupProgress('group', scene.context);
          return head > before.head;
        });
      }),
  },
  {
    name: 'a group that was dropped has left nothing; its name begins at the first event again; others go on',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const others: RecordedEvent[] = [];
        await subscribe({ group: 'other', handle: async (events) => void others.push(...events) });
        const poison = async (events: readonly RecordedEvent[]) => {
          if (events.some(({ revision }) => revision === 1)) throw new Error('poison');
          seen.push(...events);
        };
        const consumer = await subscribe({ maxAttempts: 1, handle: poison });
        await scene.appendMany(5, 3);
        await eventually('ten are set aside', async () => {
          return (await scene.store.groupProgress('group', scene.context)).aside === 10;
        });
        equal((await scene.store.groupStatus('group', scene.context)).parked, 5);
        await consumer.stop();
        const { store, context } = scene;
        await store.dropGroup('group', context);
        await store.dropGroup('group', context);
        same(await store.groupStatus('group', context), { lag: 15, parked: 0, held: 0 });
        same(await store.listParked('group', context), []);
        seen.length = 0;
        await subscribe();
        await eventually('all again', () => seen.length === 15);
        await eventually('nothing is set aside', async () => {
          const { lag, parked, held } = await store.groupStatus('group', context);
          return lag + parked + held === 0;
        });
        await scene.append(0, 2);
        await eventually('both follow', () => seen.length === 16 && others.length === 16);
      }),
  },
];
