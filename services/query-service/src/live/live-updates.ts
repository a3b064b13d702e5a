import {
  type BoundedContext,
  type Clock,
  type EventStore,
  groupOfProjection,
  HistoryLost,
  type LiveBuilds,
  type Log,
  MalformedMessage,
  ownOf,
  type Projection,
  Unavailable,
  type WatchedRows,
} from '@daybook/core';
import { answerTooMany, type MediaType, prefers, Waits } from '@daybook/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventStream, type StreamTimes } from './event-stream.ts';
import { FeedTail } from './feed-tail.ts';
import { Follower } from './follower.ts';

/** What the routes' descriptions say of it. */
export const LIVE =
  'With `Accept: text/event-stream`: live updates. `Last-Event-ID` (or `last_event_id=`) resumes after that position.';

/** What a row or a list can be answered as. */
const ROWS: MediaType = { name: 'application/json', parameters: { charset: 'utf-8' } };
const STREAM: MediaType = { name: 'text/event-stream', parameters: { charset: 'utf-8' } };

/** How much live updates may take. */
export interface LiveLimits extends StreamTimes {
  readonly maxListeners: number;
  /** Milliseconds between looks at the feed where nothing tells of a change. */
  readonly pollMs: number;
}

/** The live updates of a service: who listens, and one tail a context that they share. */
export interface LiveUpdates {
  /**
   * A hook before a query: takes it over where it accepts server-sent events.
   * @param key the path's parameter that names the entity; left out for a list
   */
  hook(
    context: string,
    projection: Projection,
    key?: string,
  ): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;
  /** Ends every stream; clients resume elsewhere. */
  end(): void;
}

/** What live updates are made of. */
export interface LiveDependencies {
  readonly contexts: readonly BoundedContext[];
  /** Of the live builds. */
  readonly rows: WatchedRows;
  readonly liveBuilds: Pick<LiveBuilds, 'read' | 'current'>;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: LiveLimits;
}

/** Nothing runs until somebody listens. */
export function createLiveUpdates(dependencies: LiveDependencies): LiveUpdates {
  const { contexts, rows, liveBuilds, store, clock, log, limits } = dependencies;
  const waits = new Waits(limits.maxListeners);
  const tails = new Map(contexts.map(({ name }) => [name, new FeedTail(store, name, limits.pollMs)]));

  return {
    hook: (context, projection, key) => async (request, reply) => {
      reply.header('vary', 'accept');
      if (!prefers(request.headers.accept, STREAM, ROWS)) return undefined;
      const from = positionOf(request);
      const build = await liveBuilds.read(projection, async (one) => one);
      if (build.version !== projection.version) throw new Unavailable('live updates', 'a new version is being built');
      if (from !== undefined) await checkPosition(store, context, build, from);
      const wait = waits.begin(reply);
      if (wait === undefined) return answerTooMany(reply, 'listeners');
      reply.hijack();
      const stream = new EventStream(reply.raw, wait.over, limits);
      const entityId = key === undefined ? undefined : ownOf(request.params as Record<string, string>, key);
      const followed = { context, projection, entityId, filters: filtersOf(request, projection) };
      const tail = tails.get(context) as FeedTail;
      new Follower(followed, stream, { rows, liveBuilds, store, tail, clock, log })
        .run(from)
        .catch((err: unknown) => {
          log.error({ err, projection: projection.name }, 'live updates failed; the connection is closed');
          stream.end('something broke here; it was logged');
        })
        .finally(() => wait.end());
      return reply;
    },
    end: () => waits.endAll(),
  };
}

/** @throws MalformedMessage `invalid_last_event_id` */
function positionOf({ headers, query }: FastifyRequest): number | undefined {
  const given = headers['last-event-id'] ?? (query as Record<string, unknown>).last_event_id;
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new MalformedMessage(
    'invalid_last_event_id',
    'Last-Event-ID must be the id of an event that was sent: a whole number',
  );
}

/** A position that the feed does not have would be waited for in vain. @throws HistoryLost, Unavailable */
async function checkPosition(store: EventStore, context: string, projection: Projection, from: number): Promise<void> {
  const { head } = await store.groupProgress(groupOfProjection(projection), context);
  if (from > head) throw new HistoryLost(`the feed of ${context} ends at ${head}, before Last-Event-ID ${from}`);
}

/** What the query was checked for: the columns that the list may be asked by. */
function filtersOf({ query }: FastifyRequest, { list }: Projection): Record<string, string> {
  const asked = query as Record<string, string | undefined>;
  const filters = list.filters.map((column) => [column, ownOf(asked, column)] as const);
  return Object.fromEntries(filters.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
