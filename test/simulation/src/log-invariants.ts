import {
  type Decider,
  type Decision,
  followUps,
  isCommandRecord,
  isRejection,
  type Message,
  type Outcomes,
  parseData,
  parseStreamId,
  type RecordedEvent,
  recordOutcome,
  streamIdOf,
} from '@daybook/core';
import { expireUnsignedContract } from '@daybook/loans';
import { must } from './violation.ts';
import type { World } from './world.ts';

/** Checks what the event store holds. @returns the outcomes recorded in it; @throws Violation */
export function checkLog(world: World): Outcomes {
  for (const [streamId, stream] of world.log.streams) {
    contiguous(streamId, stream);
    decisionsHold(world, stream);
  }
  for (const [streamId, snapshots] of world.log.snapshots) snapshotsHold(world, streamId, snapshots);
  const outcomes = oneOutcomeEach(world);
  followUpsOnce(world);
  contractsExpire(world);
  return outcomes;
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
    const received = {
      commandId: metadata.command_id,
      correlationId: '',
      causationId: '',
      actor: undefined,
      traceparent: undefined,
      at: '',
    };
    const decision: Decision<Message> = aggregate.decider.decide(command, state, received);
    const decided = isRejection(decision) ? ['CommandRejected'] : decision.map(({ type }) => type);
    const wanted = decided.length === 0 ? ['CommandHadNoEffect'] : decided;
    const got = stream.slice(at, at + wanted.length);
    must(
      got.every(
        ({ type, metadata: { command_id } }, index) => type === wanted[index] && command_id === metadata.command_id,
      ),
      'decisions follow from the state they were recorded on',
      () => `${streamId} at ${at}: ${got.map(({ type }) => type).join()} where ${wanted.join()} was due`,
    );
    for (const event of got) if (!isCommandRecord(event)) state = aggregate.decider.evolve(state, event);
    at += wanted.length;
  }
}

/** Each snapshot is the fold of its stream up to its revision, and continues the one before. */
function snapshotsHold({ context, log }: World, snapshotStream: string, snapshots: readonly RecordedEvent[]): void {
  const { aggregate: name, entityId } = parseStreamId(snapshotStream);
  const stream = log.streams.get(streamIdOf(context.name, name, entityId)) ?? [];
  const decider = context.aggregates.find((one) => one.name === name)?.decider as Decider<unknown, Message, Message>;
  let next = 0;
  for (const { data } of snapshots) {
    const { from_revision, revision, state } = data as { from_revision: number; revision: number; state: unknown };
    const events = stream.slice(0, revision + 1).filter((event) => !isCommandRecord(event));
    const wanted = JSON.stringify(events.reduce((before, event) => decider.evolve(before, event), decider.initial));
    const got = JSON.stringify(state);
    const seen = () => `${snapshotStream} at ${revision}: ${got} instead of ${wanted}`;
    must(got === wanted && from_revision === next, 'snapshots are the fold of their stream', seen);
    next = revision + 1;
  }
}

function oneOutcomeEach({ log }: World): Outcomes {
  const outcomes: Outcomes = new Map();
  const ids = new Set<string>();
  for (const stream of log.streams.values()) {
    let before = '';
    for (const event of stream) {
      const { command_id } = event.metadata;
      const again = outcomes.has(command_id) && (before !== command_id || isCommandRecord(event));
      must(!again && !ids.has(event.id), 'one outcome a command', () => `${command_id} has ${event.type} as well`);
      ids.add(event.id);
      recordOutcome(outcomes, event);
      before = command_id;
    }
  }
  return outcomes;
}

/** Every contract is answered in the end: those that nobody answered were rejected as expired, by one command. */
function contractsExpire({ log, dueSent, signatureMs }: World): void {
  const { name } = expireUnsignedContract;
  const issued = new Map(log.feed.flatMap((event) => (event.type === 'LoanContractIssued' ? [[event.id, event]] : [])));
  for (const { id, streamId } of issued.values()) {
    const stream = log.streams.get(streamId) ?? [];
    const isAnswer = ({ type }: RecordedEvent) => type === 'ContractSigned' || type === 'ContractRejected';
    must(stream.some(isAnswer), 'no contract waits for ever', () => streamId);
    const sent = stream.filter(({ metadata }) => metadata.actor === name && metadata.causation_id === id);
    must(sent.length <= 1, 'deadlines are effective once', () => `${streamId}: ${sent.length} outcomes`);
    const expired = stream.filter(
      ({ type, data }) => type === 'ContractRejected' && (data as Reason).reason === 'expired',
    );
    const byDeadline = expired.every((event) => sent.includes(event));
    must(byDeadline, 'what expires is what a deadline rejected', () => streamId);
  }
  for (const { command, at } of dueSent) {
    const { recorded_at = '' } = issued.get(command.causationId ?? '')?.metadata ?? {};
    const wait = at - Date.parse(recorded_at);
    must(wait >= signatureMs, 'no deadline before its time', () => `${command.commandId} after ${wait} ms`);
  }
}

interface Reason {
  readonly reason?: string;
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
