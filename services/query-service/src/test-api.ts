import {
  applyProjection,
  type BoundedContext,
  type EventStore,
  type ReadStore,
  type RecordedEvent,
  silent,
  systemClock,
} from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import type { FastifyInstance } from 'fastify';
import { buildQueryApi } from './query-api.ts';
import { alwaysLive } from './test-live.ts';

/** An answer, with what tests look at. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The API over what happened, and what it answers from. */
export interface TestApi {
  readonly api: FastifyInstance;
  readonly store: InMemoryEventStore;
  readonly rows: InMemoryReadStore;
  ask(url: string, headers?: Record<string, string>): Promise<Answer>;
}

/** @param now what its clock says, for ever. @param parts instead of the stores in memory */
export async function apiOver(
  context: BoundedContext,
  events: readonly RecordedEvent[],
  now = '2026-12-31T00:00:00.000Z',
  parts: { rows?: Partial<ReadStore>; store?: Partial<EventStore> } = {},
): Promise<TestApi> {
  const [store, rows] = [new InMemoryEventStore(), new InMemoryReadStore()];
  for (const { streamId, revision, ...event } of events) {
    await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event]);
  }
  for (const projection of context.projections) await applyProjection(projection, events, { rows, store });
  const api = await buildQueryApi({
    contexts: [context],
    rows: overlaid(rows, parts.rows),
    liveBuilds: alwaysLive(),
    store: overlaid<EventStore>(store, parts.store),
    clock: { ...systemClock, now: () => new Date(now) },
    log: silent,
  });
  return {
    api,
    store,
    rows,
    async ask(url, headers = {}) {
      const response = await api.inject({ url, headers });
      const isJson = String(response.headers['content-type']).includes('json') && response.body !== '';
      return {
        status: response.statusCode,
        headers: response.headers,
        body: isJson && !url.includes('ndjson') ? response.json() : response.body,
      };
    },
  };
}

/** The store, but for what is given. */
function overlaid<Store extends object>(store: Store, instead: Partial<Store> = {}): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(name in instead ? instead : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
