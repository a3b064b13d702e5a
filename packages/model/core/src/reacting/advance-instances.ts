import type { CommandMessage } from '../messages/command.ts';
import type { RecordedEvent } from '../messages/event.ts';
import { unstorableIn } from '../messages/storable.ts';
import type { StatefulProcessManager } from '../modelling/stateful-process-manager.ts';
import { commandsBecauseOf } from './react.ts';

/** One process that a process manager is at, as it is kept. */
export interface ProcessInstance {
  /** What its events have in common. */
  readonly id: string;
  readonly state: unknown;
  /** Whether it has ended. */
  readonly isOver: boolean;
  /** RFC 3339: when its first event was recorded. */
  readonly startedAt: string;
  /** The last event that it was told of. */
  readonly last: { readonly id: string; readonly type: string; readonly position: number; readonly recordedAt: string };
}

/** What a batch of events leads to. */
export interface Advance {
  /** The instances that have changed, as they are now. */
  readonly changed: ReadonlyMap<string, ProcessInstance>;
  /** In the order of the events. */
  readonly commands: readonly CommandMessage[];
}

/** What has to be known before a batch is taken in. */
export interface KnownInstances {
  /** Those that {@link instancesOf} names, by id, as far as they were begun. */
  readonly before: ReadonlyMap<string, ProcessInstance>;
  /** Only events at later positions are reasons to act. */
  readonly actsAfter: number;
}

/** The ids of the instances that a batch belongs to. @throws Error for an id that can't be one */
export function instancesOf(manager: StatefulProcessManager, events: readonly RecordedEvent[]): readonly string[] {
  const ids = events.map((event) => instanceOf(manager, event)).filter((id) => id !== undefined);
  return [...new Set(ids)];
}

/**
 * Takes in a batch of events, in feed order.
 * @throws what the process manager throws; Error for a state or an id that can't be stored
 */
export function advanceInstances(
  context: string,
  manager: StatefulProcessManager,
  events: readonly RecordedEvent[],
  { before, actsAfter }: KnownInstances,
): Advance {
  const changed = new Map<string, ProcessInstance>();
  const commands: CommandMessage[] = [];
  for (const event of events) {
    const id = instanceOf(manager, event);
    if (id === undefined) continue;
    const instance = changed.get(id) ?? before.get(id);
    if (instance === undefined ? !manager.startedBy.includes(event.type) : instance.isOver) continue;
    const state = evolved(manager, instance, event);
    changed.set(id, {
      id,
      state,
      isOver: manager.isOver?.(state) ?? false,
      startedAt: instance?.startedAt ?? event.metadata.recorded_at,
      last: { id: event.id, type: event.type, position: event.position, recordedAt: event.metadata.recorded_at },
    });
    if (event.position > actsAfter)
      commands.push(...commandsBecauseOf(context, manager.name, event, manager.react(state, event)));
  }
  return { changed, commands };
}

function instanceOf(manager: StatefulProcessManager, event: RecordedEvent): string | undefined {
  if (!manager.reactsTo.includes(event.type)) return undefined;
  const id: unknown = manager.correlate(event);
  if (id === undefined) return undefined;
  if (typeof id === 'string' && id !== '' && id.length <= 200 && unstorableIn(id).length === 0) return id;
  throw new Error(
    `${manager.name}: 'correlate' gave ${JSON.stringify(id)}: give a text of 1 to 200 characters, or undefined`,
  );
}

function evolved(
  manager: StatefulProcessManager,
  instance: ProcessInstance | undefined,
  event: RecordedEvent,
): unknown {
  const { name, initial } = manager;
  const state = manager.evolve(instance === undefined ? initial : instance.state, event);
  // What `evolve` does not know falls out of its switch.
  if (state === undefined) throw new Error(`${name} does not know ${event.type}`);
  const [problem] = unstorableIn(state);
  if (problem === undefined) return state;
  throw new Error(`${name} made a state of ${event.type} that can not be stored: ${problem.path}: ${problem.message}`);
}
