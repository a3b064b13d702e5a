import type { App, QueryTools } from '@daybook/app';
import { buildGateway } from '@daybook/command-gateway';
import { startCommandService } from '@daybook/command-service';
import {
  type Builds,
  type Clock,
  type CommandBus,
  type ConsumerHost,
  type EventStore,
  followLiveBuilds,
  type Log,
  type Mailer,
  type ReadStore,
  watchLive,
} from '@daybook/core';
import { startEventHandlers } from '@daybook/event-handler';
import { listen } from '@daybook/http';
import { startProcessManagers } from '@daybook/process-manager';
import { startConsumers, startProjector } from '@daybook/projector';
import { buildQueryApi } from '@daybook/query-service';

/** The app, and what its services share within the process. */
export interface EmbeddedDependencies extends App {
  readonly bus: CommandBus;
  readonly store: EventStore;
  readonly rows: ReadStore;
  readonly builds: Builds;
  /** Where the app's own consumers are kept apart, and write. */
  readonly consumerHost: ConsumerHost;
  /** What routes of the app's own on the query-service ask. */
  readonly queryTools: QueryTools;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  /** Of the command-gateway and the query-service; 0: the system chooses one. */
  readonly ports: { readonly commands: number; readonly queries: number };
  readonly requestTimeoutMs: number;
  /** Of all deadlines, by variable; others may be among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Milliseconds between two looks for commands that are due. */
  readonly deadlinePollMs: number;
}

/** Starts all services in this process. @throws Unavailable; Error when a port is taken */
export async function startEmbedded(parts: EmbeddedDependencies) {
  const { contexts, bus, store, rows, builds, mailer, clock, log, host, ports, requestTimeoutMs: timeoutMs } = parts;
  const { middleware = [], effects = {}, consumers = [], consumerHost, gatewayRoutes, queryRoutes, queryTools } = parts;
  const commandService = await startCommandService({ contexts, bus, store, clock, log, middleware });
  const processManagers = await startProcessManagers(parts);
  const projector = startProjector({ contexts, store, rows, builds, clock, log });
  const ownConsumers = startConsumers({ consumers, host: consumerHost, store, clock, log });
  const eventHandlers = await startEventHandlers({ contexts, store, mailer, clock, effects });
  const liveBuilds = followLiveBuilds(builds, { clock, log });
  const own = queryRoutes && { routes: queryRoutes, tools: queryTools };
  const queries = await listen(await buildQueryApi({ contexts, rows, liveBuilds, store, clock, log, own }), {
    port: ports.queries,
    host,
  });
  const watched = watchLive(rows, liveBuilds);
  const commands = await listen(
    await buildGateway({ contexts, bus, log, timeoutMs, rows: watched, routes: gatewayRoutes }),
    {
      port: ports.commands,
      host,
    },
  );
  return {
    commandsUrl: commands.url,
    queriesUrl: queries.url,
    /** For readiness. @throws Error that names the event that a consumer of the app can't get past */
    checkConsumers: () => ownConsumers.check(),
    /** The same for process managers. @throws also HistoriesDiffer while a group stands still because of it */
    async checkHistories() {
      await projector.check();
      await processManagers.check();
    },
    /** Intake first, then what follows from it. */
    async stop(): Promise<void> {
      await commands.stop();
      await processManagers.stop();
      await commandService.stop();
      await projector.stop();
      await ownConsumers.stop();
      await eventHandlers.stop();
      await queries.stop();
      await liveBuilds.stop();
    },
  };
}
