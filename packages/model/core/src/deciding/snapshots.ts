import { z } from 'zod';
import type { NewEvent, RecordedEvent } from '../messages/event.ts';
import { RevisionConflict } from '../messages/fault.ts';
import { snapshotIdOf } from '../messages/ids.ts';
import { event } from '../messages/message.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import type { Aggregate } from '../modelling/aggregate.ts';
import type { EventIdentity, EventStore } from '../ports/event-store.ts';
import { ProcessedCommands } from './processed-commands.ts';

/** An aggregate at a revision, without the events before it. */
export interface Snapshot {
  readonly state: unknown;
  readonly revision: number;
  /** The event at the revision. */
  readonly last: EventIdentity;
  readonly answered: ProcessedCommands;
}

/** Snapshots read at once. */
const PAGE = 100;

/**
 * One in the stream of an aggregate's snapshots. Each continues the one before it, so that what was answered is written
 * once, and the last has the state. One that begins where others have been already takes their place: they were of a history
 * that the log has lost. Stored for ever: add optional fields, never rename.
 */
const SnapshotTaken = event('SnapshotTaken', {
  /** Of the aggregate's stream, both included. */
  from_revision: z.int(),
  revision: z.int(),
  /** Of the event at `revision`: a snapshot of another history is not used. */
  event_id: z.string(),
  decider_version: z.int(),
  state: z.unknown(),
  /** Fingerprints of the command ids of these revisions, 32 bits each, little-endian, base64. */
  answered: z.base64(),
});
type SnapshotTaken = z.infer<typeof SnapshotTaken>['data'];

/** Where the snapshots of a stream are: a stream of a context of its own, so that no subscription sees it. */
export function snapshotStreamOf(streamId: string): string {
  const { context, aggregate, entityId } = parseStreamId(streamId);
  return streamIdOf(`snapshots_${context}`, aggregate, entityId);
}

/**
 * The last snapshot of an aggregate that this version of its decider took, of the history that its stream has.
 * @returns undefined when there is none
 * @throws Unavailable; Error when what is stored is no chain of snapshots of this stream
 */
export async function loadSnapshot(
  store: EventStore,
  { decider }: Aggregate,
  streamId: string,
): Promise<Snapshot | undefined> {
  const taken = await readChain(store, snapshotStreamOf(streamId));
  for (const [index, { decider_version, state, revision, event_id }] of [...taken.entries()].reverse()) {
    if (decider_version !== versionOf(decider)) continue;
    const [event] = await store.read(streamId, revision, 1);
    if (event?.id !== event_id) continue;
    const last = { id: event.id, recordedAt: event.metadata.recorded_at };
    const answered = new ProcessedCommands(fingerprintsOf(taken.slice(0, index + 1), revision));
    return { state, revision, last, answered };
  }
  return undefined;
}

/**
 * Stores an aggregate's state as it is now. Does nothing when somebody else did meanwhile.
 * @param state JSON
 * @param last event that the state counts
 * @throws Unavailable
 */
export async function saveSnapshot(
  store: EventStore,
  { decider }: Aggregate,
  state: unknown,
  last: Pick<RecordedEvent, 'id' | 'streamId' | 'revision' | 'metadata'>,
  answered: ProcessedCommands,
): Promise<void> {
  const stream = snapshotStreamOf(last.streamId);
  const [head] = await store.readBackwards(stream, 'end', 1);
  const from_revision = (await endOfSnapshots(store, stream, last.streamId, head)) + 1;
  if (from_revision > last.revision) return;
  const words = answered.fingerprints(from_revision).subarray(0, last.revision + 1 - from_revision);
  const data: SnapshotTaken = {
    from_revision,
    revision: last.revision,
    event_id: last.id,
    decider_version: versionOf(decider),
    state,
    answered: base64Of(words),
  };
  const taken: NewEvent = { id: snapshotIdOf(last.id), type: 'SnapshotTaken', data, metadata: last.metadata };
  try {
    await store.append(stream, head?.revision ?? 'no-stream', [taken]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
  }
}

/** @returns the revision up to which there are snapshots of the history that the stream has; -1: there are none */
async function endOfSnapshots(
  store: EventStore,
  stream: string,
  streamId: string,
  head: RecordedEvent | undefined,
): Promise<number> {
  if (head === undefined) return -1;
  const isOfStream = async ({ revision, event_id }: SnapshotTaken) =>
    (await store.read(streamId, revision, 1))[0]?.id === event_id;
  const newest = SnapshotTaken.parse(head).data;
  if (await isOfStream(newest)) return newest.revision;
  for (const taken of (await readChain(store, stream)).reverse()) if (await isOfStream(taken)) return taken.revision;
  return -1;
}

/** Whether JSON gives the value back as it is; what it would change must not be stored. */
export function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return Array.from(value).every(isPlainJson);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlainJson);
}

function versionOf(decider: Aggregate['decider']): number {
  return decider.version ?? 1;
}

/** The snapshots of a stream that no other has taken the place of, the first one first. */
async function readChain(store: EventStore, stream: string): Promise<SnapshotTaken[]> {
  const newestFirst: SnapshotTaken[] = [];
  let from: number | 'end' = 'end';
  do {
    const page: readonly RecordedEvent[] = await store.readBackwards(stream, from, PAGE);
    newestFirst.push(...page.map((one) => SnapshotTaken.parse(one).data));
    from = (page.at(-1)?.revision ?? 0) - 1;
  } while (from >= 0);
  const chain: SnapshotTaken[] = [];
  for (const taken of newestFirst.reverse()) {
    while ((chain.at(-1)?.revision ?? -1) >= taken.from_revision) chain.pop();
    chain.push(taken);
  }
  return chain;
}

function fingerprintsOf(chain: readonly SnapshotTaken[], upTo: number): Uint32Array {
  const all = new Uint32Array(upTo + 1);
  let next = 0;
  for (const { from_revision, revision, answered } of chain) {
    const bytes = Buffer.from(answered, 'base64');
    const complete = from_revision === next && bytes.length === 4 * (revision + 1 - from_revision);
    if (!complete) throw new Error(`the snapshot at ${revision} does not continue the one at ${next - 1}`);
    for (let at = 0; at < bytes.length; at += 4) all[next++] = bytes.readUInt32LE(at);
  }
  return all;
}

function base64Of(words: Uint32Array): string {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word, 4 * index);
  return bytes.toString('base64');
}
