import {
  combineRow,
  type Decision,
  foldEvent,
  followUps,
  isCommandRejected,
  isRejection,
  type Message,
  type Outcomes,
  parseData,
  partsOf,
  type RecordedEvent,
  recordOutcome,
  type StoredPart,
} from '@daybook/core';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

/** Checks a run that has come to rest. @throws Violation */
export function checkInvariants(world: World): void {
  for (const [streamId, stream] of world.log.streams) {
    contiguous(streamId, stream);
    decisionsHold(world, stream);
  }
  const outcomes = oneOutcomeEach(world);
  commandsHaveEnded(world, outcomes);
  repliesHold(world, outcomes);
  followUpsOnce(world);
  historyComplete(world);
  if (world.ordered) entityOrder(world);
  rowsAreFolds(world);
}

function must(holds: boolean, invariant: string, seen: () => string): void {
  if (!holds) throw new Violation(invariant, seen());
}

function contiguous(streamId: string, stream: readonly RecordedEvent[]): void {
  stream.forEach(({ revision }, index) => {
    must(revision === index, 'streams are contiguous', () => `${streamId} has ${revision} at ${index}`);
  });
}

/** Each command's events are what its aggregate decides on the state that the stream had then. */
function decisionsHold({ context, published }: World, stream: readonly RecordedEvent[]): void {
  let state: unknown;
  for (let at = 0; at < stream.length; ) {
    const { metadata, streamId } = stream[at] as RecordedEvent;
    const sent = published.get(metadata.command_id);
    must(sent !== undefined, 'no event without its command', () => `${streamId}: ${metadata.command_id}`);
    const { aggregate, command } = parseData(context, sent?.command.type, sent?.command.data);
    if (at === 0) state = aggregate.decider.initial;
    const at_ = {
      commandId: metadata.command_id,
      correlationId: '',
      causationId: '',
      actor: undefined,
      traceparent: undefined,
      at: '',
    };
    const decision: Decision<Message> = aggregate.decider.decide(command, state, at_);
    const wanted = isRejection(decision) ? ['CommandRejected'] : decision.map(({ type }) => type);
    const got = stream.slice(at, at + wanted.length);
    must(
      got.every(
        ({ type, metadata: { command_id } }, index) => type === wanted[index] && command_id === metadata.command_id,
      ),
      'decisions follow from the state they were recorded on',
      () => `${streamId} at ${at}: ${got.map(({ type }) => type).join()} where ${wanted.join()} was due`,
    );
    for (const event of got) if (!isCommandRejected(event)) state = aggregate.decider.evolve(state, event);
    at += wanted.length;
  }
}

function oneOutcomeEach({ log }: World): Outcomes {
  const outcomes: Outcomes = new Map();
  const ids = new Set<string>();
  let before = '';
  for (const stream of log.streams.values()) {
    before = '';
    for (const event of stream) {
      const { command_id } = event.metadata;
      const again = outcomes.has(command_id) && (before !== command_id || isCommandRejected(event));
      must(!again && !ids.has(event.id), 'one outcome a command', () => `${command_id} has ${event.type} as well`);
      ids.add(event.id);
      recordOutcome(outcomes, event);
      before = command_id;
    }
  }
  return outcomes;
}

function commandsHaveEnded({ confirmed, broker }: World, outcomes: Outcomes): void {
  for (const id of confirmed) {
    const ended = outcomes.has(id) || broker.everParked.has(id);
    must(ended, 'a confirmed command has an outcome or is parked', () => id);
  }
}

function repliesHold({ replies, context, published }: World, outcomes: Outcomes): void {
  for (const reply of replies) {
    const id = reply.command_id ?? '';
    if (reply.status === 'accepted' || reply.status === 'rejected') {
      const recorded = JSON.stringify(outcomes.get(id));
      must(
        recorded === JSON.stringify(reply),
        'replies are what is recorded',
        () => `${JSON.stringify(reply)}, not ${recorded}`,
      );
    } else if (reply.status === 'invalid') {
      const type = published.get(id)?.command.type ?? '';
      const valid = context.commands.has(type) && type !== 'RequestLoan';
      must(!valid && !outcomes.has(id), 'replies are what is recorded', () => `${id} is called invalid`);
    }
  }
}

/** Every event's follow-up commands were recorded, and no other command of a process manager. */
function followUpsOnce({ log, context }: World): void {
  const made = new Map<string, Set<string>>();
  for (const { metadata } of log.feed) {
    const { causation_id, actor, command_id } = metadata;
    const key = `${causation_id} ${actor}`;
    made.set(key, (made.get(key) ?? new Set()).add(command_id));
  }
  for (const event of log.feed) {
    for (const manager of context.processManagers) {
      const wanted = followUps(context.name, manager, event).length;
      const got = made.get(`${event.id} ${manager.name}`)?.size ?? 0;
      const seen = () => `${manager.name} on ${event.type} at ${event.position}: ${got} instead of ${wanted}`;
      must(got === wanted, 'follow-ups are effective once', seen);
    }
  }
}

function historyComplete({ log, handled }: World): void {
  for (const [group, positions] of handled) {
    const missed = log.feed.find(({ position }) => !positions.has(position));
    must(missed === undefined, 'every group gets every event', () => `${group} misses ${missed?.position}`);
  }
}

/** The first time that each event had its side effect, the events of an entity are in order. */
function entityOrder({ notified }: World): void {
  for (const [entity, positions] of notified) {
    let last = 0;
    for (const position of new Set(positions)) {
      must(position > last, "an entity's events take effect in order", () => `${entity}: ${position} after ${last}`);
      last = position;
    }
  }
}

function rowsAreFolds({ context, log, tables }: World): void {
  const entities = new Set([...log.streams.keys()].map((streamId) => partsOf(streamId).entityId));
  for (const projection of context.projections) {
    for (const entityId of entities) {
      const parts: Record<string, StoredPart> = {};
      for (const aggregate of Object.keys(projection.folds)) {
        for (const event of log.streams.get(`${context.name}-${aggregate}-${entityId}`) ?? []) {
          parts[aggregate] = foldEvent(projection, aggregate, parts[aggregate], event);
        }
      }
      const wanted = JSON.stringify(combineRow(projection, entityId, parts));
      const got = JSON.stringify(tables.table(projection).get(entityId)?.row);
      must(
        got === wanted,
        'rows are the fold of their events',
        () => `${projection.name}: ${got} instead of ${wanted}`,
      );
    }
  }
}
