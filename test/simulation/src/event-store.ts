import type { Appended, EventStore, ExpectedRevision, NewEvent } from '@daybook/core';
import { GroupConsumer } from './group-consumer.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** A process's way to the event store. */
export function eventStoreOf(world: World, process: Process): EventStore {
  const { log, network, scheduler } = world;
  const call = <Answer>(label: string, changes: boolean, effect: () => Answer) =>
    network.call(process, { server: 'event store', label, changes, effect });
  const append = (streamId: string, at: ExpectedRevision, events: readonly NewEvent[], effect: () => Appended) =>
    call(`appends ${typesOf(events)} to ${streamId} at ${at}`, true, () => {
      if (events.some(({ metadata }) => world.isCursed(metadata.command_id))) throw new Error('a bug of the driver');
      return effect();
    });
  return {
    append: (streamId, expectedRevision, events, last) =>
      append(streamId, expectedRevision, events, () => log.append(streamId, expectedRevision, events, last)),
    startStream: (streamId, events) => append(streamId, 'no-stream', events, () => log.startStream(streamId, events)),
    read: (streamId, fromRevision, limit) =>
      call(`reads ${streamId} from ${fromRevision}`, false, () => log.read(streamId, fromRevision, limit)),
    readBackwards: (streamId, fromRevision, limit) =>
      call(`reads ${streamId} back`, false, () => {
        const stream = log.read(streamId, 0, fromRevision === 'end' ? Number.MAX_SAFE_INTEGER : fromRevision + 1);
        return [...stream].reverse().slice(0, limit);
      }),
    readFeed: (_context, afterPosition, limit) =>
      call('reads the feed', false, () => log.feed.slice(afterPosition, afterPosition + limit)),
    subscribe: async (options) =>
      world.inMemory?.subscribe(process, options) ?? new GroupConsumer(world, process, options),
    proveMarks: async () => [],
    groupStatus: (name) =>
      call('asks for a group', false, () => {
        const states = [...world.group(name).aside.values()].map(({ state }) => state);
        const parked = states.filter((state) => state === 'parked').length;
        return { lag: 0, parked, held: states.length - parked };
      }),
    listParkedGroups: async () => [],
    // Nothing is rebuilt in a simulation.
    groupProgress: async () => ({ done: 0, head: 0, aside: 0 }),
    dropGroup: async () => {},
    listParked: async () => [],
    replayParked: (name) =>
      call('replays', true, () => {
        world.group(name).replay(scheduler.now);
        return 0;
      }),
    // Giving an event up loses it by design: no invariant could hold.
    discardParked: async () => false,
    ping: async () => {},
    close: async () => {},
  };
}

function typesOf(events: readonly NewEvent[]): string {
  return events.map(({ type }) => type).join(', ');
}
