import {
  applyProjection,
  type BoundedContext,
  type EventStore,
  entityAsOf,
  foldRows,
  listPage,
  type Projection,
  parseStreamId,
  type ReadStore,
  type RecordedEvent,
  type Row,
  silent,
  systemClock,
} from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { buildQueryApi } from '@daybook/query-service';
import fc from 'fast-check';
import app from '../../daybook.config.ts';
import { alwaysLive } from '../../services/query-service/src/test-live.ts';
import { histories, IDS, storeOf } from './histories.ts';

const { contexts } = app;

// G9 for every projection of every context: what was is the fold of what had happened, and now is a moment like any other.

const NOW = new Date('2026-12-31T00:00:00.000Z');
const projections = contexts.flatMap((context) =>
  context.projections.map((projection) => [`${context.name}: ${projection.name}`, context, projection] as const),
);

/** Those of the history that the projection folds of the entity. */
function eventsOf(projection: Projection, id: string, history: readonly RecordedEvent[]): RecordedEvent[] {
  return history.filter(({ streamId }) => {
    const { aggregate, entityId } = parseStreamId(streamId);
    return entityId === id && projection.folds[aggregate] !== undefined;
  });
}

/** The entity's rows by the definition of a read model, in the order of a list. */
function foldOf(projection: Projection, id: string, history: readonly RecordedEvent[]): readonly Row[] {
  const rows = foldRows(projection, eventsOf(projection, id, history)).get(id) ?? [];
  return inOrder(projection, rows);
}

function inOrder(projection: Projection, rows: readonly Row[]): readonly Row[] {
  return listPage(projection, rows, { filters: {}, limit: 1000 }).rows;
}

async function applyInBatches(
  projection: Projection,
  history: readonly RecordedEvent[],
  size: number,
  stores: { rows: ReadStore; store: EventStore },
): Promise<void> {
  for (let from = 0; from < history.length; from += size) {
    await applyProjection(projection, history.slice(from, from + size), stores);
  }
}

/** The query API as it runs, over whichever stores it is told. */
async function apiOf(context: BoundedContext, projection: Projection) {
  const stores = { rows: new InMemoryReadStore(), store: new InMemoryEventStore() };
  const api = await buildQueryApi({
    contexts: [{ ...context, projections: [projection] }],
    rows: {
      get: (...asked: Parameters<ReadStore['get']>) => stores.rows.get(...asked),
      list: (...asked: Parameters<ReadStore['list']>) => stores.rows.list(...asked),
    } as Partial<ReadStore> as ReadStore,
    liveBuilds: alwaysLive(),
    store: {
      read: (...asked: Parameters<EventStore['read']>) => stores.store.read(...asked),
    } as Partial<EventStore> as EventStore,
    clock: { ...systemClock, now: () => NOW },
    log: silent,
  });
  const path = `/${context.name}/${projection.name.replaceAll('_', '-')}`;
  return {
    /** Answers from the history, and from rows that were folded of it in batches of this size. */
    async holds(history: readonly RecordedEvent[], size: number): Promise<void> {
      Object.assign(stores, { rows: new InMemoryReadStore(), store: await storeOf(history) });
      await applyInBatches(projection, history, size, stores);
    },
    /** What is answered for an entity; no rows for a problem that says that there are none. */
    async rowsOf(id: string, asOf?: string): Promise<readonly Row[]> {
      const query = { ...(asOf === undefined ? {} : { as_of: asOf }), ...(projection.itemKey && { limit: '500' }) };
      const answer = await api.inject({ url: `${path}/${id}`, query });
      if (answer.statusCode === 404) return [];
      expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 200 });
      const body = answer.json<Row & { items: readonly Row[] }>();
      return (projection.itemKey === undefined ? [body] : body.items).map((row) => withoutComputed(projection, row));
    },
    async historyOf(id: string): Promise<readonly string[]> {
      const ids: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const url: string = `${path}/${id}/history?limit=7${cursor && `&cursor=${cursor}`}`;
        const page = (await api.inject(url)).json<{ items?: { event_id: string }[]; next?: string | null }>();
        ids.push(...(page.items ?? []).map(({ event_id }) => event_id));
        cursor = page.next ?? null;
      }
      return ids;
    },
  };
}

/** An age is not a part of the fold, and other tests look at it. */
function withoutComputed({ row: { shape } }: Projection, row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([column]) => shape[column] !== undefined));
}

describe.each(projections)('%s', (_name, context, projection) => {
  test('as it is answered: live = as of now = rebuilt = the fold of the history that is shown', async () => {
    const api = await apiOf(context, projection);
    await fc.assert(
      fc.asyncProperty(histories(context), fc.integer({ min: 1, max: 10 }), async (history, size) => {
        const [id] = IDS as [string];
        const expected = foldOf(projection, id, history);
        await api.holds(history, size);
        expect(await api.rowsOf(id)).toEqual(expected);
        expect(await api.rowsOf(id, NOW.toISOString())).toEqual(expected);
        expect(await api.historyOf(id)).toEqual(eventsOf(projection, id, history).map((event) => event.id));
        await api.holds(history, history.length + 1);
        expect(await api.rowsOf(id)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  test('a thousand histories: as of each step = the fold of what had happened; as of the last = live = rebuilt', async () => {
    await fc.assert(
      fc.asyncProperty(histories(context), async (history) => {
        const store = await storeOf(history);
        const [entityId] = IDS as [string];
        const entity = { context: context.name, projection, entityId };
        for (const [step, { position, metadata, streamId }] of history.entries()) {
          if (!streamId.endsWith(entityId)) continue;
          const expected = foldOf(projection, entityId, history.slice(0, step + 1));
          for (const asOf of [{ position }, { time: metadata.recorded_at }]) {
            const { rows } = await entityAsOf(store, entity, asOf, NOW.toISOString());
            expect(inOrder(projection, rows)).toEqual(expected);
          }
        }
        const now = foldOf(projection, entityId, history);
        for (const size of [3, history.length + 1]) {
          const rows = new InMemoryReadStore();
          await applyInBatches(projection, history, size, { rows, store });
          const filters = { [projection.key]: entityId };
          expect((await rows.list(projection, { filters, limit: 1000 })).rows).toEqual(now);
        }
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  test('clocks that disagree: as of a time is as of the position that the answer names', async () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 30, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(histories(context), minutes, fc.integer({ min: 0, max: 9 }), async (history, said, minute) => {
        const at = (of: number) => `2026-01-01T00:0${of}:00.000Z`;
        const skewed = history.map((event, n) => {
          return { ...event, metadata: { ...event.metadata, recorded_at: at(said[n] ?? 0) } };
        });
        const store = await storeOf(skewed);
        for (const entityId of IDS) {
          const entity = { context: context.name, projection, entityId };
          const own = eventsOf(projection, entityId, skewed);
          const last = own.findLast(({ metadata }) => metadata.recorded_at <= at(minute));
          const answer = await entityAsOf(store, entity, { time: at(minute) }, NOW.toISOString());
          expect(answer.last?.id).toBe(last?.id);
          const counted = own.filter(({ position }) => position <= (last?.position ?? 0));
          expect(inOrder(projection, answer.rows)).toEqual(foldOf(projection, entityId, counted));
        }
      }),
    );
  });
});
