import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, type RecordedEvent, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { anotherOne, planServices, type ServiceSpec, supervise } from '@daybook/launcher';
import { startTestPostgres, startTestRabbitmq, type TestServer } from '@daybook/test-support';

/** A service as an operator sees it. */
export interface WatchedService {
  ready(): Promise<void>;
  /** The status that its health server answers with. */
  health(path: '/livez' | '/readyz'): Promise<number>;
  /** Resident memory in MB; undefined where there is no /proc. */
  memory(): number | undefined;
  /** Its log so far, line by line. */
  log(): Record<string, unknown>[];
  /** Sends it a signal, as something outside would: SIGKILL, or SIGSTOP and SIGCONT. */
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Servers, each by itself, for services that are started one at a time. */
export interface Servers {
  /** Where events are. */
  readonly events: TestServer;
  /** Where read models are. */
  readonly rows: TestServer;
  readonly broker: TestServer;
  readonly store: EventStore;
  /** Where the query-service answers, once it is started. */
  readonly queryUrl: string;
  /** Where the command-gateway answers, once it is started. */
  readonly gatewayUrl: string;
  /** Starts a service and waits until it is ready. Needs the build. @param number 2 for a second process of it, … */
  start(name: string, number?: number): Promise<WatchedService>;
  /** The same, without waiting: it may have to wait for something itself. */
  begin(name: string, number?: number): Promise<WatchedService>;
  /** Every event of the loans after a position. */
  feedAfter(position: number): Promise<RecordedEvent[]>;
  remove(): Promise<void>;
}

/** Starts the servers, and no service. @param startPostgres one that is migrated when left out */
export async function startServers({ startPostgres = startTestPostgres } = {}): Promise<Servers> {
  const logFolder = mkdtempSync(join(tmpdir(), 'daybook-test-logs-'));
  const [events, rows, broker] = await Promise.all([startPostgres(), startPostgres(), startTestRabbitmq()]);
  const env = {
    EVENT_STORE_URL: events.url,
    READ_STORE_URL: rows.url,
    RABBITMQ_URL: broker.url,
    LOG_LEVEL: 'info',
  };
  const { services, queryUrl, gatewayUrl } = await planServices({
    root: process.cwd(),
    logFolder,
    env,
    embedded: false,
    usualPorts: false,
  });
  const store = await openEventStore({ url: events.url, log: silent });
  const running = new Set<WatchedService>();
  async function begin(name: string, number = 1): Promise<WatchedService> {
    const spec = services.find((one) => one.name === name);
    if (spec === undefined) throw new Error(`no ${name}`);
    const service = watched(number === 1 ? spec : await anotherOne(spec, number));
    running.add(service);
    return service;
  }
  return {
    events,
    rows,
    broker,
    store,
    queryUrl,
    gatewayUrl,
    begin,
    async start(name, number) {
      const service = await begin(name, number);
      await service.ready();
      return service;
    },
    async feedAfter(position) {
      const found: RecordedEvent[] = [];
      for (;;) {
        const page = await store.readFeed('loans', found.at(-1)?.position ?? position, 1000);
        if (page.length === 0) return found;
        found.push(...page);
      }
    },
    async remove() {
      await Promise.all([...running].map((service) => service.stop()));
      await store.close();
      await Promise.all([events, rows, broker].map((server) => server.remove()));
      rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

function watched(spec: ServiceSpec): WatchedService {
  // A process that ended in an outage would begin again with little memory: none may.
  const service = supervise({ ...spec, policy: { maxRestarts: 0 } });
  return {
    ready: () => service.ready(),
    async health(path) {
      const answer = await fetch(`http://127.0.0.1:${spec.env.HEALTH_PORT}${path}`);
      await answer.arrayBuffer();
      return answer.status;
    },
    memory() {
      if (process.platform !== 'linux') return undefined;
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8')) ?? [];
      return Number(kilobytes) / 1024;
    },
    log: () =>
      readFileSync(spec.logFile, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    kill: (signal) => service.kill(signal),
    stop: () => service.stop(),
  };
}
