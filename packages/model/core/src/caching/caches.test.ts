import { InMemoryEventStore } from '@daybook/in-memory';
import { z } from 'zod';
import { AggregateCache } from '../deciding/aggregate-cache.ts';
import type { NewEvent, RecordedEvent } from '../messages/event.ts';
import { command, event } from '../messages/message.ts';
import { aggregate } from '../modelling/aggregate.ts';
import { silent } from '../ports/log.ts';
import { EntityCache } from '../projecting/entity-cache.ts';

const KB = 1024;
const note = aggregate({
  name: 'Note',
  commands: z.discriminatedUnion('type', [command('Write', { id: z.string() })]),
  events: z.discriminatedUnion('type', [event('Written', { text: z.string() })]),
  id: 'id',
  decider: {
    initial: { text: '' },
    decide: () => [{ type: 'Written' as const, data: { text: '' } }],
    evolve: (_state: { text: string }, { data }: { data: { text: string } }) => ({ text: data.text }),
  },
});

const written = (revision: number, characters: number): NewEvent => ({
  id: `00000000-0000-4000-8000-${String(revision).padStart(12, '0')}`,
  type: 'Written',
  data: { text: 'x'.repeat(characters) },
  metadata: {
    command_id: 'c',
    causation_id: 'c',
    correlation_id: 'c',
    schema_version: 1,
    recorded_at: '2026-01-01T00:00:00.000Z',
  },
});
const recorded = (streamId: string, revision: number, characters: number): RecordedEvent => ({
  ...written(revision, characters),
  streamId,
  revision,
  position: revision + 1,
});
const streamOf = (n: number) => `notes-Note-${n}`;

function cacheOf(maxBytes: number) {
  const store = new InMemoryEventStore();
  return { store, cache: new AggregateCache(store, silent, { maxBytes, snapshotEvery: 0 }) };
}

test('aggregates are kept for as long as there is room for what they hold, those used last', async () => {
  const { store, cache } = cacheOf(1_000 * KB);
  for (let n = 0; n < 10; n++) await store.append(streamOf(n), 'no-stream', [written(0, 100 * KB)]);
  for (let n = 0; n < 10; n++) await cache.get(note, streamOf(n));
  const kept = Array.from({ length: 10 }, (_, n) => n).filter((n) => cache.has(streamOf(n)));
  expect(kept).toEqual([6, 7, 8, 9]);
  expect((await cache.get(note, streamOf(0))).state).toEqual({ text: 'x'.repeat(100 * KB) });
});

test('one that has grown since counts for what it holds now, and one that has shrunk as well', () => {
  const { cache } = cacheOf(1_000 * KB);
  const [grows, other] = [cache.start(note, streamOf(0)), cache.start(note, streamOf(1))];
  cache.apply(note, grows, recorded(streamOf(0), 0, 300 * KB));
  expect(cache.has(streamOf(1))).toBe(true);
  // The state is the last text alone: it never holds more than 300 KB.
  for (let revision = 1; revision < 20; revision++) {
    cache.apply(note, grows, recorded(streamOf(0), revision, 300 * KB));
  }
  expect([cache.has(streamOf(0)), cache.has(streamOf(1))]).toEqual([true, true]);
  cache.apply(note, other, recorded(streamOf(1), 0, 300 * KB));
  expect([cache.has(streamOf(0)), cache.has(streamOf(1))]).toEqual([false, true]);
});

test('an aggregate that is larger than all that may be kept is not kept', async () => {
  const { store, cache } = cacheOf(10 * KB);
  await store.append(streamOf(0), 'no-stream', [written(0, 100 * KB)]);
  expect((await cache.get(note, streamOf(0))).revision).toBe(0);
  expect(cache.has(streamOf(0))).toBe(false);
});

test('a projector remembers entities for as long as there is room for them', () => {
  const cache = new EntityCache(100, 1_000 * KB);
  const entities = Array.from({ length: 10 }, (_, n) => ({
    entityId: String(n),
    version: 1,
    parts: { part: { revision: 0, value: 'x'.repeat(100 * KB) } },
  })) as never[];
  cache.learn(entities);
  const known = entities.map(({ entityId }) => cache.recall(entityId, recorded(entityId, 5, 1)) !== undefined);
  expect(known).toEqual([...Array(6).fill(false), ...Array(4).fill(true)]);
});
