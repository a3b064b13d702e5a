import { createServer, type Server } from 'node:net';
import type { FaultPlan } from '../faults/faults.ts';
import { type Groups, startGroups } from '../persistent/groups.ts';
import type { EventLog } from '../store/event-log.ts';
import { createEventStore } from '../store/event-store.ts';
import { startCategoryProjection } from '../streams/category.ts';
import { type Connection, type Heartbeat, serveConnection } from './connection.ts';
import { type DispatchOptions, dispatch } from './dispatch.ts';
import type { Running } from './operation.ts';
import { createSubscriptions } from './subscriptions.ts';

/** One run of the server, from a start to the next stop. Nothing but the log outlives it. */
export interface ServerRun {
  readonly port: number;
  readonly groups: Groups;
  readonly connections: ReadonlySet<Connection>;
  forgetRecentIds(): void;
  /** Resolves when the writes that were asked for are done. */
  writesDone(): Promise<void>;
  stop(): Promise<void>;
}

/** What a run needs. */
export interface ServerOptions extends DispatchOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly heartbeat: Heartbeat;
  readonly tickMs: number;
  readonly categoryDelayMs: () => number;
  readonly faults: FaultPlan;
}

/** Loads a log and serves it over TCP on the loopback interface. */
export async function runServer(log: EventLog, options: ServerOptions): Promise<ServerRun> {
  const store = createEventStore(log, Date.now);
  const groups = await startGroups(store, options.faults, Date.now, options.tickMs);
  const categories = startCategoryProjection(store, options.categoryDelayMs, Date.now);
  const running: Running = {
    store,
    groups,
    faults: options.faults,
    recent: new Map(),
    subscriptions: createSubscriptions(),
    consumers: new Map(),
  };
  const connections = new Set<Connection>();
  const server = createServer((socket) => {
    const connection = serveConnection(socket, options.heartbeat, (from, received) =>
      dispatch(running, options, from, received),
    );
    connections.add(connection);
    connection.onClose(() => connections.delete(connection));
  });
  const port = await listen(server, options.port);
  return {
    port,
    groups,
    connections,
    forgetRecentIds: () => running.recent.clear(),
    writesDone: () => store.read(() => {}),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.drop();
      groups.stop();
      categories.stop();
      await Promise.all([closed, store.close()]);
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') resolve(address.port);
      else reject(new Error('the server has no port'));
    });
  });
}
