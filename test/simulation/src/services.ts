import {
  applyProjection,
  type CommandHandling,
  type CommandMessage,
  createCommandHandler,
  EntityCache,
  type EventsHandler,
  parseStreamId,
  type RecordedEvent,
  react,
  silent,
  watchDeadlines,
} from '@daybook/core';
import { commandBusOf } from './command-bus.ts';
import { eventStoreOf } from './event-store.ts';
import type { Guard } from './guards.ts';
import type { Process } from './process.ts';
import { readStoreOf } from './read-store.ts';
import { readsAsStored, unguardedRows } from './unguarded-rows.ts';
import type { World } from './world.ts';

/** A service under way. */
export interface Running {
  stop(): Promise<void>;
}

/** Fewer than there are, so that some are forgotten. */
const ENTITIES_REMEMBERED = 3;

/** Starts a service in a process of its own. */
export type StartService = (world: World, process: Process) => Promise<Running>;

/** Commands in hand may take so long once the service was asked to stop, milliseconds. */
const GRACE_MS = 300;

/** Between two looks for commands that are due, milliseconds. */
const DEADLINE_POLL_MS = 300;

/** Decides commands, as the command-service does. */
export const startCommandService: StartService = async (world, process) => {
  const stopping = new AbortController();
  const handle = createCommandHandler({
    context: world.context,
    store: eventStoreOf(world, process),
    clock: process.clock,
    log: silent,
    signal: stopping.signal,
    // Unused aggregates would be forgotten by the machine's clock: here only the room for them runs out.
    cache: { max: world.cached, idleMs: 0, snapshotEvery: world.snapshotEvery },
    maxAttempts: 5,
    secret: (eventId) => (world.without === 'secret follow-up ids' ? '' : `known to the log alone, ${eventId}`),
    answeredBefore: memoryWithout(world.without),
  });
  const consumer = await commandBusOf(world, process).consume(world.context.name, handle);
  return {
    async stop() {
      world.scheduler.later(GRACE_MS, () => stopping.abort());
      await consumer.stop();
    },
  };
};

/** How commands that were answered before are known, as far as nothing is taken away from it. */
function memoryWithout(guard: Guard | undefined): NonNullable<CommandHandling['answeredBefore']> {
  return async (answered, commandId, read) => {
    if (guard === 'command-id memory') return undefined;
    if (guard === 'answers before a snapshot') return answered.latest(commandId);
    return answered.find(commandId, read);
  };
}

/** Sends the follow-up commands of every process manager, and those of every deadline. */
export const startProcessManagers: StartService = async (world, process) => {
  const { context, without, random } = world;
  const bus = commandBusOf(world, process);
  const publish: typeof bus.publish = (command) => {
    const sent =
      without === 'deterministic follow-up ids' ? { ...command, commandId: `chance-${random.next()}` } : command;
    const confirmed = bus.publish(sent);
    if (without !== 'confirm before ack') return confirmed;
    confirmed.catch(() => {});
    return Promise.resolve();
  };
  const managers = context.processManagers.map((manager) => ({
    group: manager.name,
    handle: (events: readonly RecordedEvent[]) => react(context.name, manager, events, publish),
  }));
  const store = eventStoreOf(world, process);
  const rows = readStoreOf(world, process);
  const deadlines = world.deadlines.map(({ name, table }) => ({
    group: name,
    handle: (events: readonly RecordedEvent[]) =>
      applyProjection(table, events, { rows: unguardedRows(rows, without, events), store }),
  }));
  const subscriptions = await subscribeAll(world, process, [...managers, ...deadlines]);
  const watches = startWatches(world, process);
  return {
    async stop() {
      await Promise.all([subscriptions, ...watches].map((one) => one.stop()));
    },
  };
};

/** Sends what is due, and marks it as sent. */
function startWatches(world: World, process: Process): Running[] {
  const { without, random, context, deadlines, dueSent } = world;
  const bus = commandBusOf(world, process);
  const publish = (command: CommandMessage): Promise<void> => {
    dueSent.push({ command, at: process.clock.now().getTime() });
    const sent =
      without === 'deterministic deadline ids' ? { ...command, commandId: `chance-${random.next()}` } : command;
    const confirmed = bus.publish(sent);
    if (without !== 'confirm before mark') return confirmed;
    confirmed.catch(() => {});
    return Promise.resolve();
  };
  const rows = readStoreOf(world, process);
  const parts = { context: context.name, rows, publish, clock: process.clock, log: silent };
  return deadlines.map((deadline) => watchDeadlines({ ...parts, ...deadline }, DEADLINE_POLL_MS));
}

/** Folds events into the rows of every projection. */
export const startProjector: StartService = (world, process) => {
  const store = eventStoreOf(world, process);
  const rows = readStoreOf(world, process);
  const projections = world.context.projections.map((projection) => {
    const memory = readsAsStored(world.without) ? new EntityCache(ENTITIES_REMEMBERED) : undefined;
    return {
      group: projection.name,
      handle: (events: readonly RecordedEvent[]) =>
        applyProjection(projection, events, { rows: unguardedRows(rows, world.without, events), store, memory }),
    };
  });
  return subscribeAll(world, process, projections);
};

/** An event handler whose side effects show in which order an entity's events were handled. */
export const startNotifier: StartService = (world, process) => {
  const notify = ({ streamId, position }: RecordedEvent) => {
    const { entityId } = parseStreamId(streamId);
    const effect = () => {
      world.notified.set(entityId, [...(world.notified.get(entityId) ?? []), position]);
    };
    const label = `notifies of ${position}`;
    return world.network.call(process, { server: 'broker', label, changes: true, effect });
  };
  const handle: EventsHandler = async (events) => {
    for (const event of events) await notify(event);
  };
  return subscribeAll(world, process, [{ group: 'notifier', handle }]);
};

async function subscribeAll(
  world: World,
  process: Process,
  groups: readonly { group: string; handle: EventsHandler }[],
): Promise<Running> {
  const store = eventStoreOf(world, process);
  const subscriptions = await Promise.all(
    groups.map(({ group, handle }) =>
      store.subscribe({ group, context: world.context.name, handle: troubled(world, process, group, handle) }),
    ),
  );
  return {
    async stop() {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    },
  };
}

/** The handler, which is now and then slow, or fails before or after its work. */
function troubled(world: World, process: Process, group: string, handle: EventsHandler): EventsHandler {
  const handled = world.handled.get(group) ?? new Set<number>();
  world.handled.set(group, handled);
  return async (events) => {
    const { faults } = world;
    if (faults.also(0.5)) await process.clock.sleep(faults.detail.below(400));
    const failing = events.some((event) => world.isPoisoned(group, event)) || faults.also(0.3);
    if (failing && faults.detail.chance(0.7)) throw new Error(`${group} fails before its work`);
    await handle(events);
    if (failing) throw new Error(`${group} fails after its work`);
    for (const { position } of events) handled.add(position);
  };
}
