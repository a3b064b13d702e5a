import { z } from 'zod';
import type { NewEvent, RecordedEvent } from '../messages/event.ts';
import { RevisionConflict } from '../messages/fault.ts';
import { snapshotIdOf } from '../messages/ids.ts';
import { event } from '../messages/message.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import type { Aggregate } from '../modelling/aggregate.ts';
import type { EventStore } from '../ports/event-store.ts';
import { ProcessedCommands } from './processed-commands.ts';

/** An aggregate at a revision, without the events before it. */
export interface Snapshot {
  readonly state: unknown;
  readonly revision: number;
  readonly answered: ProcessedCommands;
}

/** Snapshots read at once. */
const PAGE = 100;

/**
 * One in the stream of an aggregate's snapshots. Each continues the one before it, so that what was answered is written
 * once, and the last has the state. Stored for ever: add optional fields, never rename.
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
 * The last snapshot of an aggregate that this version of its decider took.
 * @returns undefined when there is none
 * @throws Unavailable; Error when what is stored is no chain of snapshots of this stream
 */
export async function loadSnapshot(
  store: EventStore,
  { decider }: Aggregate,
  streamId: string,
): Promise<Snapshot | undefined> {
  const taken = await readChain(store, snapshotStreamOf(streamId));
  const last = taken.findLastIndex(({ decider_version }) => decider_version === versionOf(decider));
  const { state, revision, event_id } = taken[last] ?? { revision: -1 };
  if (revision === -1) return undefined;
  const [event] = await store.read(streamId, revision, 1);
  if (event?.id !== event_id) throw new Error(`${streamId} has another event at ${revision} than its snapshot`);
  return { state, revision, answered: new ProcessedCommands(fingerprintsOf(taken.slice(0, last + 1), revision)) };
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
  const from_revision = head === undefined ? 0 : SnapshotTaken.parse(head).data.revision + 1;
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

/** All snapshots of a stream, the first one first. */
async function readChain(store: EventStore, stream: string): Promise<SnapshotTaken[]> {
  const newestFirst: SnapshotTaken[] = [];
  let from: number | 'end' = 'end';
  do {
    const page: readonly RecordedEvent[] = await store.readBackwards(stream, from, PAGE);
    newestFirst.push(...page.map((one) => SnapshotTaken.parse(one).data));
    from = (page.at(-1)?.revision ?? 0) - 1;
  } while (from >= 0);
  return newestFirst.reverse();
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
