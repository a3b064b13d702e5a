import { groupOfProjection, type NewEvent, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { loanApplications } from '@daybook/loans';
import { eventually, startTestPostgres, startTestRabbitmq, type TestServer } from '@daybook/test-support';
import { commandLine } from '../test-command-line.ts';

const group = groupOfProjection(loanApplications);
let servers: TestServer[];
let env: NodeJS.ProcessEnv;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  servers = await Promise.all([startTestPostgres(), startTestRabbitmq()]);
  env = { EVENT_STORE_URL: servers[0]?.url, RABBITMQ_URL: servers[1]?.url };
}, 180_000);
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await Promise.all(servers.map((server) => server.remove()));
}, 60_000);

const daybook = commandLine(() => env);

/** The projection's group, which can't handle the first event of any stream for as long as it is broken. */
async function startGroup() {
  const store = await openEventStore({ url: env.EVENT_STORE_URL ?? '', log: silent });
  opened.push(store);
  const state = { broken: true, seen: [] as string[], store };
  await store.subscribe({
    group,
    context: 'loans',
    maxAttempts: 1,
    async handle(events) {
      if (state.broken && events.some(({ revision }) => revision === 0)) throw new Error('no such column\nmore');
      state.seen.push(...events.map(({ streamId, revision }) => `${streamId}@${revision}`));
    },
  });
  return state;
}

let appended = 0;
function events(count: number): NewEvent[] {
  const metadata = {
    command_id: 'c',
    causation_id: 'c',
    correlation_id: 'talk',
    schema_version: 1,
    recorded_at: '2026',
  };
  return Array.from({ length: count }, () => {
    const id = `00000000-0000-4000-8000-${String(++appended).padStart(12, '0')}`;
    return { id, type: 'LoanRequested', data: { amount: 700 }, metadata };
  });
}

const parkedCount = async () => (await daybook('parked list --json')).out.length;

test('events: listed, shown, replayed and discarded; what they held back follows', async () => {
  const subscriber = await startGroup();
  for (const id of ['a', 'b']) await subscriber.store.append(`loans-LoanRequest-${id}`, 'no-stream', events(2));
  await eventually('two parked', async () => (await parkedCount()) === 2);
  const listed = (await daybook('parked list --events --json')).out.map((line) => JSON.parse(line));
  expect(listed[0]).toMatchObject({
    kind: 'event',
    group,
    type: 'LoanRequested',
    stream: 'loans-LoanRequest-a',
    revision: 0,
    attempts: 1,
    reason: 'Error: no such column',
  });
  const [first, second] = listed.map(({ position }: { position: number }) => position);

  const shown = (await daybook(`parked show event ${group} ${first}`)).out.join('\n');
  for (const part of ['"amount": 700', '"correlation_id": "talk"', 'parked-events.int.test'])
    expect(shown).toContain(part);

  expect((await daybook(`parked discard event ${group} ${first} --reason`, 'a test')).code).toBe(0);
  await eventually('what it held back', () => subscriber.seen.includes('loans-LoanRequest-a@1'));
  subscriber.broken = false;
  expect((await daybook(`parked replay event ${group} ${second} --by eve`)).code).toBe(0);
  await eventually('it and what it held back', () => subscriber.seen.includes('loans-LoanRequest-b@1'));
  expect(subscriber.seen).toEqual(['loans-LoanRequest-a@1', 'loans-LoanRequest-b@0', 'loans-LoanRequest-b@1']);

  const acts = (await daybook('parked acts')).out.slice(-2).map((line) => line.split(/ {2,}/).slice(1));
  expect(acts).toEqual([
    ['ParkedEventDiscarded', `${group} ${first}`, 'by ada', 'a test'],
    ['ParkedEventReplayed', `${group} ${second}`, 'by eve'],
  ]);
}, 60_000);

test('what a version of a projection parked that no code has any more is reached as well', async () => {
  const gone = 'projection:loan_applications.v0';
  const store = await openEventStore({ url: env.EVENT_STORE_URL ?? '', log: silent });
  opened.push(store);
  const old = await store.subscribe({
    group: gone,
    context: 'loans',
    maxAttempts: 1,
    handle: async () => {
      throw new Error('the old way');
    },
  });
  await store.append('loans-LoanRequest-c', 'no-stream', events(1));
  const listed = async () =>
    (await daybook('parked list --events --json')).out
      .map((line) => JSON.parse(line))
      .filter((one) => one.group === gone);
  await eventually('parked', async () => (await listed()).length > 0);
  await old.stop();
  for (const { position } of await listed()) {
    expect((await daybook(`parked show event ${gone} ${position}`)).out.join('\n')).toContain('the old way');
    expect((await daybook(`parked discard event ${gone} ${position} --reason`, 'v1 has it')).code).toBe(0);
  }
  expect(await listed()).toEqual([]);
}, 60_000);
