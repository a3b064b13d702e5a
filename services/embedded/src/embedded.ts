import { buildGateway } from '@daybook/command-gateway';
import { startCommandService } from '@daybook/command-service';
import type { BoundedContext, Clock, CommandBus, EventStore, Log, Mailer, ReadStore } from '@daybook/core';
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
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  /** Of the command-gateway and the query-service; 0: the system chooses one. */
  readonly ports: { readonly commands: number; readonly queries: number };
  readonly requestTimeoutMs: number;
}

/** Starts all services in this process. @throws Unavailable; Error when a port is taken */
export async function startEmbedded(parts: EmbeddedParts) {
  const { contexts, bus, store, rows, mailer, clock, log, host, ports, requestTimeoutMs: timeoutMs } = parts;
  const commandService = await startCommandService({ contexts, bus, store, clock, log });
  const processManagers = await startProcessManagers({ contexts, store, bus });
  const projector = await startProjector({ contexts, store, rows });
  const eventHandlers = await startEventHandlers({ contexts, store, mailer, clock });
  const queries = await listen(await buildQueryApi({ contexts, rows, store, clock, log }), {
    port: ports.queries,
    host,
  });
  const commands = await listen(await buildGateway({ contexts, bus, log, timeoutMs, rows }), {
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
    },
  };
}
