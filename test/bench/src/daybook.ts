import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, groupOfProjection, groupsOf, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { loanApplications, loans } from '@daybook/loans';
import { COMMANDS, partitionOf, routingKeyOf } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { eventually, type PrivateSystem, startPrivateSystem } from '@daybook/test-support';
import pg from 'pg';
import { aggregateOf } from './aggregate-of.ts';
import { PATIENCE_MS } from './await-rows.ts';
import { connectPublisher, type Publication } from './publisher.ts';
import { rebuild } from './rebuild.ts';
import { strongCallTo } from './strong-call.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { walkLoans } from './walk.ts';

/** The whole system as people run it. */
export interface Daybook extends SystemUnderTest, Omit<PrivateSystem, 'stop'> {
  readonly database: pg.Pool;
  readonly store: EventStore;
  /** Waits until all that follows the loans' feed has got through it. */
  caughtUp(patienceMs?: number): Promise<void>;
}

/** What acts on events by itself. */
const FOLLOW_UPS = ['process-manager', 'event-handler'];
/** Between two looks at how far the read models are, milliseconds. */
const LOOK_MS = 200;

/** Starts everything on servers of its own. Run from the repository's root, after the build. */
export async function startDaybook({ withoutFollowUps = false } = {}): Promise<Daybook> {
  const system = await startPrivateSystem({
    without: withoutFollowUps ? FOLLOW_UPS : [],
    // The tables of a build that was replaced are not to lie about while the next one is measured.
    settings: { LOG_LEVEL: 'warn', BUILD_KEEP_MS: '500' },
  });
  const { postgresUrl, rabbitmqUrl } = system;
  const database = new pg.Pool({ connectionString: postgresUrl, max: 4 });
  // A connection that is closing hears of the server's end.
  database.on('error', () => {});
  const store = await openEventStore({ url: postgresUrl, log: silent, deadlineMs: 60_000 });
  async function count(where: string, ...values: unknown[]): Promise<number> {
    const text = `select count(*) from read_models.loan_applications ${where}`;
    const { rows } = await database.query<{ count: string }>(text, values);
    return Number(rows[0]?.count);
  }
  const groups = withoutFollowUps ? loans.projections.map(groupOfProjection) : groupsOf(loans);
  const daybook: Daybook = {
    ...system,
    name: 'daybook',
    database,
    store,
    connectPublisher: () => connectPublisher(rabbitmqUrl, COMMANDS, routingKeyTo),
    rows: () => count(''),
    rowsOf: (ids, only) =>
      count(`where loan_application_uuid = any($1) ${only === undefined ? '' : 'and submitted_at is not null'}`, ids),
    watchRows: (ids, onVisible) => watchRows(postgresUrl, ids, onVisible),
    strongCall: strongCallTo(system.gatewayUrl),
    async walk(requests) {
      const publisher = await daybook.connectPublisher();
      await walkLoans(publisher, requests, (ids, column) =>
        count(`where loan_application_uuid = any($1) and ${column} is not null`, ids),
      );
      await publisher.close();
    },
    aggregateOf: (events) => aggregateOf(store, events),
    async queries() {
      const path = '/loans/loan-applications';
      return {
        url: system.queryUrl,
        byId: (id) => `${path}/${id}`,
        list: `${path}?limit=20`,
        asOfNow: (id) => `${path}/${id}?as_of=${new Date().toISOString()}`,
      };
    },
    rebuild: (readModel, events) => rebuild(daybook, readModel, events),
    caughtUp: (patienceMs = PATIENCE_MS) =>
      eventually('the feed is followed to its end', () => atTheEnd(store, groups), patienceMs).then(() => {}),
    async stop() {
      await database.end();
      await store.close();
      await system.stop();
    },
  };
  return daybook;
}

async function atTheEnd(store: EventStore, groups: readonly string[]): Promise<boolean> {
  await sleep(LOOK_MS);
  const all = await Promise.all(groups.map((group) => store.groupProgress(group, 'loans')));
  return all.every(({ done, head }) => done === head);
}

async function watchRows(
  url: string,
  ids: readonly string[],
  onVisible: (id: string) => void,
): Promise<() => Promise<void>> {
  const rows = connectPostgresReadStore({ url, log: silent });
  // When it begins to listen, everybody is told to look: that is awaited, so that whoever watches is told of rows alone.
  await new Promise<void>((resolve) => {
    const unwatch = rows.watch(loanApplications, undefined, () => {
      unwatch();
      resolve();
    });
  });
  for (const id of ids) {
    const unwatch = rows.watch(loanApplications, id, () => {
      unwatch();
      onVisible(id);
    });
  }
  return () => rows.close();
}

/** With the partition: without, each command is forwarded once. */
function routingKeyTo({ type, data }: Publication): string {
  return routingKeyOf('loans', type, partitionOf((data as { loan_application_uuid: string }).loan_application_uuid));
}
