import { accounts } from '@daybook/accounts';
import { applyProjection, groupOfProjection, type Message, type Projection, silent, systemClock } from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { loanApplications, loans } from '@daybook/loans';
import { recordedEvents } from '@daybook/testing';
import type { FastifyInstance } from 'fastify';
import { buildQueryApi, type QueryLimits } from '../query-api.ts';
import { alwaysLive } from '../test-live.ts';
import { listenAt } from './test-listener.ts';

const open: { api: FastifyInstance; store: InMemoryEventStore }[] = [];

/** Ends what a test has started. */
export async function stopLiveSystems(): Promise<void> {
  for (const { api, store } of open.splice(0)) {
    const closing = api.close();
    // What fetch keeps of a request that was left is nothing to wait for.
    api.server.closeAllConnections();
    await closing;
    await store.close();
  }
}

/** A query-service, and a projector that can be kept from its work. */
export async function startLiveSystem(limits: Partial<QueryLimits> = {}, projection: Projection = loanApplications) {
  const rows = new InMemoryReadStore();
  const store = new InMemoryEventStore();
  const contexts = [loans, accounts];
  const api = await buildQueryApi({
    contexts,
    rows,
    liveBuilds: alwaysLive(),
    store,
    clock: systemClock,
    log: silent,
    limits,
  });
  open.push({ api, store });
  const url = await api.listen({ port: 0, host: '127.0.0.1' });
  const revisions = new Map<string, number>();
  const context = projection === loanApplications ? 'loans' : 'accounts';
  let poison: string | undefined;
  return {
    url,
    api,
    rows,
    store,
    listen: (path: string, lastEventId?: string) => listenAt(`${url}/${context}/${path}`, lastEventId),
    async append(stream: string, type: string, data: object = {}) {
      const [event] = recordedEvents([stream, { type, data } as Message]);
      if (event === undefined) throw new Error('none');
      const expected = revisions.get(stream) ?? -1;
      revisions.set(stream, expected + 1);
      const { id: _, ...rest } = event;
      await store.append(stream, expected < 0 ? 'no-stream' : expected, [{ ...rest, id: `${stream}@${expected + 1}` }]);
    },
    project: () =>
      store.subscribe({
        group: groupOfProjection(projection),
        context,
        maxAttempts: 1,
        async handle(events) {
          if (events.some(({ streamId }) => streamId.endsWith(poison ?? 'none'))) throw new Error('poison');
          await applyProjection(projection, events, { rows, store });
        },
      }),
    poison(id: string | undefined) {
      poison = id;
    },
  };
}
