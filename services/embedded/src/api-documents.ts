import { buildGateway } from '@daybook/command-gateway';
import {
  type BoundedContext,
  type CommandBus,
  type EventStore,
  type LiveBuilds,
  type ReadStore,
  silent,
  systemClock,
} from '@daybook/core';
import { buildQueryApi } from '@daybook/query-service';

/** What the command-gateway and the query-service say of themselves, by the name of the file in docs/api. */
export async function apiDocuments(contexts: readonly BoundedContext[]): Promise<Readonly<Record<string, object>>> {
  // Built to be asked for their description only: they never reach for a server.
  const gateway = await buildGateway({
    contexts,
    bus: {} as CommandBus,
    rows: {} as ReadStore,
    log: silent,
    timeoutMs: 1,
  });
  const queries = await buildQueryApi({
    contexts,
    rows: {} as ReadStore,
    liveBuilds: {} as LiveBuilds,
    store: {} as EventStore,
    clock: systemClock,
    log: silent,
  });
  return {
    'command-gateway.openapi.json': (await gateway.inject('/openapi.json')).json(),
    'query-service.openapi.json': (await queries.inject('/openapi.json')).json(),
    'daybook.asyncapi.json': (await gateway.inject('/asyncapi.json')).json(),
  };
}
