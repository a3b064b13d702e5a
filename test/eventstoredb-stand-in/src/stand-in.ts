import { createFaultPlan, type Faults as RequestFaults } from './faults/faults.ts';
import type { Login } from './protocol/tcp-package.ts';
import { runServer, type ServerRun } from './server/server.ts';
import { createFileLog, createMemoryLog } from './store/event-log.ts';

const DEFAULT_HEARTBEAT = { intervalMs: 2000, timeoutMs: 1000 };
const DEFAULT_CREDENTIALS = { login: 'admin', password: 'changeit' };
const DEFAULT_CATEGORY_DELAY_MS = 3;
const DEFAULT_TICK_MS = 1000;

/** How the stand-in is set up; what is left out is as a server of version 23.10 has it. */
export interface StandInOptions {
  /** A free port unless told. */
  readonly port?: number;
  /** Keeps events in a file, synced before each answer; without it they are in memory and end with the process. */
  readonly folder?: string;
  readonly credentials?: Login;
  /** False: requests without credentials are served. */
  readonly requireAuthentication?: boolean;
  /** How long after a write its link is in the category stream, in ms. */
  readonly categoryDelayMs?: number;
  /** How often timeouts and checkpoints are looked at, in ms. Once a second, as the server does, unless told. */
  readonly tickMs?: number;
  readonly heartbeat?: { readonly intervalMs: number; readonly timeoutMs: number };
  readonly log?: (text: string, fields: object) => void;
}

/** All that a test can make go wrong. */
export interface Faults extends RequestFaults {
  /** Links appear in category streams this much later, in ms, until set to undefined. */
  delayCategoryLinks(ms: number | undefined): void;
  /** Ends all subscriptions to a group, which itself stays. Returns how many there were. */
  dropGroup(stream: string, group: string): number;
  /** Cuts the connections of consumers, of all groups unless told. Returns how many consumers there were. */
  dropConsumers(of?: { readonly stream?: string; readonly group?: string }): number;
  /** Cuts all connections. Returns how many there were. */
  dropConnections(): number;
  /** Forgets the ids that make repeated writes with `any` idempotent, as a restart does. */
  forgetRecentIds(): void;
}

/** A running stand-in of EventStoreDB. */
export interface StandIn {
  /** `esdb+tcp://login:password@127.0.0.1:port`; it stays the same over `kill` and `start`. */
  readonly url: string;
  /** Says that this is a stand-in, wherever its results are shown. */
  readonly description: string;
  readonly faults: Faults;
  /** Finishes the writes that were asked for, then closes the server and its connections. */
  stop(): Promise<void>;
  /** Like a crash: answers that were not sent never are; messages in flight and recent ids are forgotten. */
  kill(): Promise<void>;
  /** Starts again after `stop` or `kill`, on the same port with the same data. Throws when it runs. */
  start(): Promise<void>;
}

/** Starts a stand-in of EventStoreDB's TCP server. */
export async function startEventStoreDbStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const credentials = options.credentials ?? DEFAULT_CREDENTIALS;
  const eventLog = options.folder === undefined ? createMemoryLog() : createFileLog(options.folder);
  const plan = createFaultPlan();
  let categoryDelay: number | undefined;
  let port = options.port ?? 0;
  let run: ServerRun | undefined;

  async function start(): Promise<void> {
    if (run) throw new Error('the stand-in runs already');
    run = await runServer(eventLog, {
      port,
      credentials,
      requireAuthentication: options.requireAuthentication ?? true,
      heartbeat: options.heartbeat ?? DEFAULT_HEARTBEAT,
      tickMs: options.tickMs ?? DEFAULT_TICK_MS,
      categoryDelayMs: () => categoryDelay ?? options.categoryDelayMs ?? DEFAULT_CATEGORY_DELAY_MS,
      faults: plan,
    });
    port = run.port;
    options.log?.('stand-in of EventStoreDB runs', { port });
  }

  async function kill(): Promise<void> {
    const ended = run;
    run = undefined;
    await ended?.stop();
    options.log?.('stand-in of EventStoreDB stopped', { port });
  }

  await start();
  return {
    url: `esdb+tcp://${credentials.login}:${credentials.password}@127.0.0.1:${port}`,
    description: 'stand-in of EventStoreDB (its TCP protocol, not its server)',
    faults: {
      ...plan.requested,
      delayCategoryLinks(ms) {
        categoryDelay = ms;
      },
      dropGroup: (stream, group) => run?.groups.drop(stream, group) ?? 0,
      dropConsumers({ stream, group } = {}) {
        const groups = (run?.groups.all() ?? []).filter(
          ({ settings }) =>
            (stream === undefined || stream === settings.stream) && (group === undefined || group === settings.group),
        );
        const consumers = groups.flatMap((found) => [...found.consumers]);
        for (const consumer of consumers) consumer.disconnect();
        return consumers.length;
      },
      dropConnections() {
        const connections = [...(run?.connections ?? [])];
        for (const connection of connections) connection.drop();
        return connections.length;
      },
      forgetRecentIds: () => run?.forgetRecentIds(),
    },
    async stop() {
      await run?.writesDone();
      await kill();
    },
    kill,
    start,
  };
}
