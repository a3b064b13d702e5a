import { randomUUID } from 'node:crypto';
import { eventIdOf, groupOfProjection } from '@daybook/core';
import { loanApplications } from '@daybook/loans';
import { commandQueuesOf } from '@daybook/rabbitmq';
import { eventually } from '@daybook/test-support';
import pg from 'pg';
import app from '../../daybook.config.ts';
import { type NumberedCommands, numbersOf, startNumberedCommands } from './numbered-commands.ts';
import { type Servers, startServers, type WatchedService } from './one-service.ts';

const { contexts } = app;

/** What is promised. */
const TAKEOVER_MS = 10_000;
const PATIENCE_MS = 60_000;

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
}, 180_000);
afterAll(() => servers?.remove(), 60_000);

/** A line of a service's log that says which queues of a context it holds now. */
interface Held {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly context: string;
  readonly queues: string;
}

const linesOf = (service: WatchedService) =>
  service.log().filter(({ msg }) => msg === 'command queues held') as unknown as Held[];

/** The queues that a service says it holds. */
function heldBy(service: WatchedService): string[] {
  const latest = new Map(linesOf(service).map(({ context, queues }) => [context, queues]));
  return [...latest.values()].flatMap((queues) => queues.split(' ').filter(Boolean));
}

/** Waits until these services, and no others, hold every queue, each its even share. @returns when that was so, by their own clocks */
async function evenShares(services: readonly WatchedService[]): Promise<number> {
  const all = contexts.flatMap(({ name }) => commandQueuesOf(name)).sort();
  await eventually(
    `${services.length} services have even shares`,
    () => {
      const shares = services.map(heldBy);
      expect(shares.flat().sort()).toEqual(all);
      const sizes = shares.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      return true;
    },
    PATIENCE_MS,
  );
  return Math.max(...services.flatMap(linesOf).map(({ time }) => time));
}

let load: NumberedCommands;
beforeAll(async () => {
  load = await startNumberedCommands(servers.broker.url);
});
afterAll(() => load?.stop());

test('command-services come, go, freeze and are killed under load: each command takes effect once and in order', async () => {
  const start = (number: number) => servers.start('command-service', number);
  const first = await start(1);
  await evenShares([first]);
  const second = await start(2);
  await evenShares([first, second]);
  const [third, fourth] = await Promise.all([start(3), start(4)]);
  await evenShares([first, second, third, fourth]);

  const askedToStop = Date.now();
  await second.stop();
  expect((await evenShares([first, third, fourth])) - askedToStop).toBeLessThan(TAKEOVER_MS);
  const killed = Date.now();
  // The oldest, which forwards what comes without a partition.
  first.kill('SIGKILL');
  expect((await evenShares([third, fourth])) - killed).toBeLessThan(TAKEOVER_MS);
  // One that is frozen is still the active consumer: its commands wait, and nobody overtakes it.
  const silences = () => third.log().filter(({ msg }) => String(msg).includes('silent')).length;
  const before = silences();
  fourth.kill('SIGSTOP');
  await eventually('its silence is noticed', () => silences() > before);
  fourth.kill('SIGCONT');
  await evenShares([third, fourth]);

  for (const [account, count] of await load.stop()) {
    const numbers = await eventually(
      `all ${count} commands of ${account} took effect`,
      async () => {
        const found = await numbersOf(servers.store, account);
        return found.length >= count && found;
      },
      PATIENCE_MS,
    );
    expect(numbers).toEqual(Array.from({ length: count }, (_, number) => number));
  }
  await Promise.all([third.stop(), fourth.stop()]);
}, 300_000);

test('projectors share the partitions of a read model evenly, and take over those of one that was killed', async () => {
  const group = groupOfProjection(loanApplications);
  const database = new pg.Client({ connectionString: servers.events.url });
  await database.connect();
  const shares = async () => {
    const { rows } = await database.query<{ count: number }>(
      `select count(*)::integer as count from event_store.partitions
       where group_name = $1 and owner is not null and leased_until > now() group by owner order by 1`,
      [group],
    );
    return rows.map(({ count }) => count);
  };
  const shared = (...expected: number[]) =>
    eventually(
      `${expected.length} projectors have their shares`,
      async () => {
        expect(await shares()).toEqual(expected);
        return true;
      },
      PATIENCE_MS,
    );
  try {
    const first = await servers.start('projector');
    await shared(16);
    const second = await servers.start('projector', 2);
    await shared(8, 8);
    const third = await servers.start('projector', 3);
    await shared(5, 5, 6);
    third.kill('SIGKILL');
    await appendLoans(100);
    await shared(8, 8);
    await eventually('all is folded', async () => (await servers.store.groupStatus(group, 'loans')).lag === 0);
    await second.stop();
    await shared(16);
    await first.stop();
  } finally {
    await database.end();
  }
}, 180_000);

async function appendLoans(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const id = randomUUID();
    const ids = { command_id: id, causation_id: id, correlation_id: id };
    const metadata = { ...ids, schema_version: 1, recorded_at: new Date().toISOString() };
    const data = { loan_application_uuid: id, amount: 1000, duration: 6 };
    await servers.store.append(`loans-LoanRequest-${id}`, 'no-stream', [
      { id: eventIdOf(id, 0), type: 'LoanRequested', data, metadata },
    ]);
  }
}
