import type { FaultPlan } from '../faults/faults.ts';
import { DropReason } from '../protocol/results.ts';
import type { EventStore } from '../store/event-store.ts';
import { softDelete } from '../store/stream-metadata.ts';
import type { Streams } from '../store/streams.ts';
import { createGroup, type Group } from './group.ts';
import { configEvent, lastConfig } from './group-events.ts';
import { checkpointStream, type GroupSettings, groupId, parkedStream } from './group-settings.ts';
import { createStrategy } from './strategies.ts';

/** What became of a request to change a group. */
export type GroupChange = 'done' | 'already-exists' | 'does-not-exist' | { readonly failed: string };

/** All subscription groups. */
export interface Groups {
  find(stream: string, group: string): Group | undefined;
  create(settings: GroupSettings): Promise<GroupChange>;
  /** Drops the consumers; the group goes on from its checkpoint with the new settings. */
  update(settings: GroupSettings): Promise<GroupChange>;
  /** Drops the consumers, and deletes the checkpoints and what was parked. */
  delete(stream: string, group: string): Promise<GroupChange>;
  /** Drops the consumers of a group without changing it. Returns how many there were. */
  drop(stream: string, group: string): number;
  all(): readonly Group[];
  stop(): void;
}

/** Loads the groups that were kept, and serves them. Timeouts are looked for every `tickMs`. */
export async function startGroups(
  store: EventStore,
  faults: FaultPlan,
  now: () => number,
  tickMs: number,
): Promise<Groups> {
  const groups = new Map<string, Group>();

  function start(streams: Streams, settings: GroupSettings): void {
    const strategy = createStrategy(settings.strategy);
    if (strategy) groups.set(groupId(settings), createGroup(streams, { settings, strategy, store, faults, now }));
  }

  function end(found: Group): void {
    groups.delete(groupId(found.settings));
    dropConsumers(found);
  }

  const config = (without: string, added: readonly GroupSettings[]) =>
    configEvent([
      ...[...groups.values()].map(({ settings }) => settings).filter((settings) => groupId(settings) !== without),
      ...added,
    ]);
  const find = (stream: string, group: string) => groups.get(groupId({ stream, group }));

  await store.read((streams) => {
    for (const settings of lastConfig(streams)) start(streams, settings);
  });
  const stopListening = store.onEvent((event, streams) => {
    for (const group of groups.values()) if (group.settings.stream === event.stream) group.wake(streams);
  });
  const timer = setInterval(() => {
    for (const group of groups.values()) group.tick();
  }, tickMs);

  return {
    find,
    async create(settings) {
      if (settings.stream === '' || settings.stream === '$all') return { failed: 'not on all streams over TCP' };
      if (!createStrategy(settings.strategy)) return { failed: `no strategy ${settings.strategy}` };
      return store.write((streams) => {
        if (find(settings.stream, settings.group)) return { events: [], answer: () => 'already-exists' as const };
        // Started here, not in the answer: two requests can be decided together.
        const events = [config('', [settings])];
        start(streams, settings);
        return { events, answer: () => 'done' as const };
      });
    },
    async update(settings) {
      if (!createStrategy(settings.strategy)) return { failed: `no strategy ${settings.strategy}` };
      return store.write((streams) => {
        const found = find(settings.stream, settings.group);
        if (!found) return { events: [], answer: () => 'does-not-exist' as const };
        const events = [config(groupId(settings), [settings])];
        end(found);
        start(streams, settings);
        return { events, answer: () => 'done' as const };
      });
    },
    delete(stream, group) {
      return store.write((streams) => {
        const found = find(stream, group);
        if (!found) return { events: [], answer: () => 'does-not-exist' as const };
        end(found);
        const own = [checkpointStream(found.settings), parkedStream(found.settings)];
        const deletions = own.filter((name) => streams.state(name) === 'live').map(softDelete);
        return { events: [config('', []), ...deletions], answer: () => 'done' as const };
      });
    },
    drop(stream, group) {
      const found = find(stream, group);
      return found ? dropConsumers(found) : 0;
    },
    all: () => [...groups.values()],
    stop() {
      clearInterval(timer);
      stopListening();
    },
  };
}

function dropConsumers(group: Group): number {
  const consumers = [...group.consumers];
  group.remove(consumers);
  for (const consumer of consumers) consumer.drop(DropReason.Unsubscribed);
  return consumers.length;
}
