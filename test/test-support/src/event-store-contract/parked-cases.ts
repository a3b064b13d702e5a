import { equal, match, ok, deepStrictEqual as same } from 'node:assert/strict';
import { MalformedMessage, type RecordedEvent } from '@daybook/core';
import { eventually } from '../until.ts';
import { withGroup } from './group-cases.ts';
import { type ContractCase, nameOf, type Scene } from './harness.ts';

/** An event that can't be handled for as long as `name` says which. */
interface Poison {
  name: string | undefined;
  readonly error: Error;
  /** Deliveries of it alone. */
  attempts: number;
}

const poisonOn = (name: string, error = new Error('can not digest')): Poison => ({ name, error, attempts: 0 });

/** Notes what it handles, and fails on the poison. */
function handlerWith(poison: Poison, seen: RecordedEvent[]) {
  return async (events: readonly RecordedEvent[]) => {
    if (events.some((event) => nameOf(event) === poison.name)) {
      if (events.length === 1) poison.attempts++;
      throw poison.error;
    }
    seen.push(...events);
  };
}

const handledOf = (seen: readonly RecordedEvent[], entity: number) =>
  seen.map(nameOf).filter((name) => name.startsWith(`${entity}@`));

function parkedEvents({ store, context }: Scene, count = 1) {
  return eventually(`${count} parked`, async () => {
    const parked = await store.listParked('group', context);
    return parked.length === count && parked;
  });
}

async function settlesAt({ store, context }: Scene, expected: { parked: number; held: number }): Promise<void> {
  await eventually(`${JSON.stringify(expected)} and no lag`, async () => {
    const { lag, ...status } = await store.groupStatus('group', context);
    return lag === 0 && status.parked === expected.parked && status.held === expected.held;
  });
}

/** What becomes of events that can't be handled. */
export const parkedCases: readonly Omit<ContractCase, 'section'>[] = [
  {
    name: 'tried again, then parked whole with the reason; its entity is held back, and nothing else',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const poison = poisonOn('1@1');
        await scene.appendMany(3, 3);
        await subscribe({ maxAttempts: 3, handle: handlerWith(poison, seen) });
        const [parked] = await parkedEvents(scene);
        ok(poison.attempts >= 3, `${poison.attempts} attempts`);
        equal(parked?.attempts, 3);
        equal(parked.event.streamId, scene.stream(1));
        equal(parked.event.revision, 1);
        match(parked.reason, /can not digest/);
        await scene.append(0, 2);
        await eventually('the others', () => seen.length >= 8);
        same([handledOf(seen, 0).length, handledOf(seen, 1), handledOf(seen, 2).length], [4, ['1@0'], 3]);
        await settlesAt(scene, { parked: 1, held: 1 });
      }),
  },
  {
    name: 'what fails for a while is handled in the end, and what was held back follows in order',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const poison = poisonOn('1@1');
        await scene.appendMany(2, 4);
        await subscribe({ maxAttempts: 1000, handle: handlerWith(poison, seen) });
        await eventually('a few attempts', () => poison.attempts > 2 && handledOf(seen, 0).length === 4);
        poison.name = undefined;
        await eventually('all', () => seen.length === 8);
        same(handledOf(seen, 1), ['1@0', '1@1', '1@2', '1@3']);
        await scene.append(1, 3);
        await eventually('the entity is free again', () => seen.length === 9);
        await settlesAt(scene, { parked: 0, held: 0 });
      }),
  },
  {
    name: 'what can never be handled is parked at once',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const poison = poisonOn('0@0', new MalformedMessage('bad', 'no sense in it'));
        await scene.appendMany(1, 1);
        await subscribe({ handle: handlerWith(poison, seen) });
        const [parked] = await parkedEvents(scene);
        equal(parked?.attempts, 1);
      }),
  },
  {
    name: 'replayed, it is handled, and what it held back follows in order',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const poison = poisonOn('1@1');
        await scene.appendMany(2, 3);
        await subscribe({ maxAttempts: 1, handle: handlerWith(poison, seen) });
        await parkedEvents(scene);
        await scene.append(1, 2);
        await settlesAt(scene, { parked: 1, held: 2 });
        poison.name = undefined;
        equal(await scene.store.replayParked('group', scene.context), 1);
        await eventually('all', () => seen.length === 7);
        same(handledOf(seen, 1), ['1@0', '1@1', '1@2', '1@3']);
        await settlesAt(scene, { parked: 0, held: 0 });
        await scene.append(1, 3);
        await eventually('the entity is free again', () => seen.length === 8);
      }),
  },
  {
    name: 'one of several is replayed; one that fails again is parked again',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        let broken = ['0', '1'];
        const handle = async (events: readonly RecordedEvent[]) => {
          if (events.some((event) => broken.includes(nameOf(event).split('@')[0] ?? ''))) throw new Error('broken');
          seen.push(...events);
        };
        await scene.appendMany(3, 1);
        await subscribe({ maxAttempts: 2, handle });
        const parked = await parkedEvents(scene, 2);
        const position = parked.find(({ event }) => nameOf(event) === '1@0')?.event.position ?? 0;
        broken = ['0'];
        equal(await scene.store.replayParked('group', scene.context, position), 1);
        await eventually('the one', () => handledOf(seen, 1).length === 1);
        await settlesAt(scene, { parked: 1, held: 0 });
        equal(await scene.store.replayParked('group', scene.context), 1);
        await settlesAt(scene, { parked: 1, held: 0 });
        same(handledOf(seen, 0), []);
      }),
  },
  {
    name: 'a consumer that comes later knows what is parked, and holds back what must wait',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const poison = poisonOn('1@0');
        await scene.appendMany(2, 1);
        const first = await subscribe({ maxAttempts: 1, handle: handlerWith(poison, seen) });
        await parkedEvents(scene);
        await first.stop();
        await scene.append(1, 0);
        await scene.append(0, 0);
        poison.name = undefined;
        await subscribe({ maxAttempts: 1, handle: handlerWith(poison, seen) });
        await eventually('the other entity', () => handledOf(seen, 0).length === 2);
        await settlesAt(scene, { parked: 1, held: 1 });
        same(handledOf(seen, 1), []);
        await scene.store.replayParked('group', scene.context);
        await eventually('all', () => seen.length === 4);
        same(handledOf(seen, 1), ['1@0', '1@1']);
      }),
  },
  {
    name: 'the groups that have something set aside are known when nobody consumes for them any more',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const { store, context } = scene;
        same(await store.listParkedGroups(context), []);
        await scene.appendMany(2, 2);
        const names = ['thing:of.v1', 'thing:of.v2'];
        const subscribed = names.map((group) =>
          subscribe({ group, maxAttempts: 1, handle: handlerWith(poisonOn('1@0'), seen) }),
        );
        await subscribe();
        for (const consumer of await Promise.all(subscribed)) {
          await eventually('both have parked', async () => (await store.listParkedGroups(context)).length === 2);
          await consumer.stop();
        }
        same(await store.listParkedGroups(context), names);
        same(await store.listParkedGroups(`${context}x`), []);
        for (const group of names) {
          const [parked] = await store.listParked(group, context);
          equal(parked && nameOf(parked.event), '1@0');
        }
        const consumer = await subscribe({ group: 'thing:of.v1' });
        await store.replayParked('thing:of.v1', context);
        await eventually('one is rid of it', async () => (await store.listParkedGroups(context)).length === 1);
        await consumer.stop();
        same(await store.listParkedGroups(context), ['thing:of.v2']);
      }),
  },
  {
    name: 'discarded, it is never handled, and what it held back follows in order',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const poison = poisonOn('1@1');
        await scene.appendMany(2, 4);
        await subscribe({ maxAttempts: 1, handle: handlerWith(poison, seen) });
        const [parked] = await parkedEvents(scene);
        await settlesAt(scene, { parked: 1, held: 2 });
        const position = parked?.event.position ?? 0;
        equal(await scene.store.discardParked('group', scene.context, position), true);
        await eventually('what was held back', () => seen.length === 7);
        same(handledOf(seen, 1), ['1@0', '1@2', '1@3']);
        await settlesAt(scene, { parked: 0, held: 0 });
        equal(await scene.store.discardParked('group', scene.context, position), false);
        await scene.append(1, 3);
        await eventually('the entity is free again', () => seen.length === 8);
        await settlesAt(scene, { parked: 0, held: 0 });
      }),
  },
  {
    name: 'discarded where it held back nothing, its entity is free; an event that is only held is not discarded',
    run: (harness) =>
      withGroup(harness, async ({ scene, seen, subscribe }) => {
        const poison = poisonOn('0@0');
        await scene.appendMany(2, 1);
        await subscribe({ maxAttempts: 1, handle: handlerWith(poison, seen) });
        const [first] = await parkedEvents(scene);
        equal(await scene.store.discardParked('group', scene.context, first?.event.position ?? 0), true);
        poison.name = '0@1';
        await scene.append(0, 0, 2);
        const [second] = await parkedEvents(scene);
        await settlesAt(scene, { parked: 1, held: 1 });
        const held = (await scene.feedOf(4)).find((event) => nameOf(event) === '0@2');
        equal(await scene.store.discardParked('group', scene.context, held?.position ?? 0), false);
        equal(await scene.store.discardParked('group', scene.context, second?.event.position ?? 0), true);
        await eventually('what was held back', () => handledOf(seen, 0).length === 1);
        same(handledOf(seen, 0), ['0@2']);
      }),
  },
];
