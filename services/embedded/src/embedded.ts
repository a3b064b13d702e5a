import { buildGateway } from '@daybook/command-gateway';
import { startCommandService } from '@daybook/command-service';
import {
  type BoundedContext,
  type Builds,
  type Clock,
  type CommandBus,
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
import { startProjector } from '@daybook/projector';
import { buildQueryApi } from '@daybook/query-service';

/** What the services share within the process. */
export interface EmbeddedParts {
  readonly contexts: readonly BoundedContext[];
  readonly bus: CommandBus;
  readonly store: EventStore;
  readonly rows: ReadStore;
  readonly builds: Builds;
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
export async function startEmbedded(parts: EmbeddedParts) {
  const { contexts, bus, store, rows, builds, mailer, clock, log, host, ports, requestTimeoutMs: timeoutMs } = parts;
  const commandService = await startCommandService({ contexts, bus, store, clock, log });
  const processManagers = await startProcessManagers(parts);
  const projector = startProjector({ contexts, store, rows, builds, clock, log });
  const eventHandlers = await startEventHandlers({ contexts, store, mailer, clock });
  const liveBuilds = followLiveBuilds(builds, { clock, log });
  const queries = await listen(await buildQueryApi({ contexts, rows, liveBuilds, store, clock, log }), {
    port: ports.queries,
    host,
  });
  const watched = watchLive(rows, liveBuilds);
  const commands = await listen(await buildGateway({ contexts, bus, log, timeoutMs, rows: watched }), {
    port: ports.commands,
    host,
  });
  return {
    commandsUrl: commands.url,
    queriesUrl: queries.url,
    /** Intake first, then what follows from it. */
    async stop(): Promise<void> {
      await commands.stop();
      await processManagers.stop();
      await commandService.stop();
      await projector.stop();
      await eventHandlers.stop();
      await queries.stop();
      await liveBuilds.stop();
    },
  };
}
