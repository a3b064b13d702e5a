import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { groupOfProjection, type Handled, type ReceivedCommand, silent } from '@daybook/core';
import { loanApplications, loans } from '@daybook/loans';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { eventually, startTestPostgres, startTestRabbitmq, type TestServer } from '@daybook/test-support';
import { connect } from 'amqplib';
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

/** Stops the service that a test has started: the next one has its own. */
let stopService: () => Promise<unknown> = async () => {};
afterEach(() => stopService());

/** A loans service that parks everything for as long as it is broken. */
async function startService() {
  const bus = await connectRabbitmq({ url: env.RABBITMQ_URL ?? '', contexts: [loans], log: silent });
  opened.push(bus);
  const state = { broken: true, seen: [] as ReceivedCommand[], bus };
  const consumer = await bus.consume('loans', async (received): Promise<Handled> => {
    const command_id = received.commandId ?? '';
    const park = { code: 'broken', message: 'it broke', stack: 'Error: it broke\n    at decide', attempts: 4 };
    if (state.broken) return { reply: { status: 'failed', command_id, error: park }, park };
    state.seen.push(received);
    const stream = 'loans-LoanRequest-1';
    return { reply: { status: 'accepted', command_id, stream, revision: 0, token: `${stream}@0`, events: [] } };
  });
  stopService = () => consumer.stop();
  return state;
}

const parkedCount = async () => (await daybook('parked list --json')).out.length;

test('commands: listed, shown, replayed once the fault is gone, discarded; each act is recorded', async () => {
  const service = await startService();
  for (const commandId of ['poison-1', 'poison-2', 'poison-3']) {
    const command = { type: 'RequestLoan', data: { amount: 700 } };
    await service.bus.request({ context: 'loans', command, commandId, actor: 'ann' }, { timeoutMs: 10_000 });
  }
  const { out } = await daybook('parked list');
  expect(out).toHaveLength(5);
  expect(out[1]).toMatch(
    /^command {2}commands\.loans\.parked {2}poison-1 {2}RequestLoan {2}loans\.RequestLoan\.2 +4 +\S+Z {2}broken: it broke$/,
  );
  expect(out[4]).toBe('3 commands parked');

  const shown = (await daybook('parked show command poison-2')).out.join('\n');
  for (const part of ['"amount": 700', '"actor": "ann"', 'at decide']) expect(shown).toContain(part);

  service.broken = false;
  expect(await daybook('parked replay command poison-2')).toEqual({
    code: 0,
    out: ['replayed 1 command'],
    err: [],
  });
  await eventually('handled', () => service.seen.some(({ commandId }) => commandId === 'poison-2'));
  expect((await daybook('parked discard command poison-3 --by eve --reason', 'sent by mistake')).code).toBe(0);

  const preview = await daybook('parked replay --all');
  expect(preview.out).toEqual([
    'commands.loans.parked  1',
    '1 command to replay',
    'nothing was done: with --yes they are replayed',
  ]);
  expect(await parkedCount()).toBe(1);
  expect((await daybook('parked replay --all --yes')).out.at(-1)).toBe('replayed 1 of 1');
  await eventually('handled', () => service.seen.some(({ commandId }) => commandId === 'poison-1'));
  expect((await daybook('parked list')).out).toEqual(['nothing is parked']);

  const acts = (await daybook('parked acts')).out.map((line) => line.split(/ {2,}/).slice(1));
  expect(acts).toEqual([
    ['ParkedCommandReplayed', 'poison-2', 'by ada'],
    ['ParkedCommandDiscarded', 'poison-3', 'by eve', 'sent by mistake'],
    ['ParkedCommandReplayed', 'poison-1', 'by ada'],
  ]);
}, 60_000);

test('many at once: chosen by type, code and time, counted first, with a reason for a discard', async () => {
  const service = await startService();
  for (const commandId of ['many-1', 'many-2', 'many-3']) {
    const command = { type: 'RequestLoan', data: { amount: 700 } };
    await service.bus.request({ context: 'loans', command, commandId }, { timeoutMs: 10_000 });
  }
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  for (const none of [`--after ${tomorrow}`, '--before 2026-01-01', '--type Other', '--code other', '--events']) {
    expect((await daybook(`parked list ${none}`)).out).toEqual(['nothing is parked']);
  }
  expect(await daybook('parked list --after yesterday')).toMatchObject({ code: 2 });
  const chosen = `--type RequestLoan --code broken --before ${tomorrow} --context loans`;
  expect((await daybook(`parked discard --all ${chosen}`)).out.at(-1)).toBe(
    'nothing was done: with --yes they are discarded',
  );
  expect(await daybook(`parked discard --all --yes ${chosen}`)).toMatchObject({
    code: 2,
    err: [expect.stringContaining('say why, with --reason')],
  });
  expect(await parkedCount()).toBe(3);
  expect((await daybook(`parked discard --all --yes ${chosen} --reason`, 'a test')).out.at(-1)).toBe(
    'discarded 3 of 3',
  );
  expect(await parkedCount()).toBe(0);
}, 60_000);

test('what can not be replayed is named, stays parked, and is recorded as that', async () => {
  const service = await startService();
  const command = { type: 'RequestLoan', data: { amount: 700 } };
  await service.bus.request({ context: 'loans', command, commandId: 'able' }, { timeoutMs: 10_000 });
  const connection = await connect(env.RABBITMQ_URL ?? '');
  const channel = await connection.createConfirmChannel();
  const properties = { messageId: 'unable', type: 'RequestLoan', headers: { 'x-parked-routing-key': 'nowhere' } };
  channel.publish('parked', 'commands.loans.parked', Buffer.from('{}'), properties);
  await channel.waitForConfirms();
  await connection.close();

  service.broken = false;
  const { code, out, err } = await daybook('parked replay --all --yes');
  expect({ code, err }).toEqual({ code: 1, err: [expect.stringContaining('1 command could not be replayed')] });
  expect(out.slice(-2)).toEqual([
    'replayed 1 of 2',
    "commands.loans.parked unable stays parked: no queue takes 'nowhere'",
  ]);
  await eventually('handled', () => service.seen.some(({ commandId }) => commandId === 'able'));
  expect(await daybook('parked replay command unable')).toMatchObject({
    code: 1,
    err: [expect.stringContaining("it stays parked: no queue takes 'nowhere'")],
  });
  const acts = (await daybook('parked acts')).out.filter((line) => line.includes('unable'));
  expect(acts.map((line) => line.split(/ {2,}/)[1])).toEqual([
    'ParkedCommandReplayed',
    'ParkedCommandLeftParked',
    'ParkedCommandReplayed',
    'ParkedCommandLeftParked',
  ]);
  expect((await daybook('parked discard command unable --reason', 'a test')).code).toBe(0);
}, 60_000);

test.each([
  ['parked show command unknown', /no command 'unknown' is parked/],
  [`parked replay event ${group} 4711`, /no event at 4711 is parked by/],
  ['parked show event nobody 1', /no group 'nobody'; there are projection:/],
  ['parked list --context nowhere', /no context 'nowhere'; there are loans/],
])('%s: one line that says why, and nothing recorded', async (line, said) => {
  const before = (await daybook('parked acts')).out.length;
  const { code, err } = await daybook(line);
  expect([code, err.length]).toEqual([1, 1]);
  expect(err[0]).toMatch(said);
  expect((await daybook('parked acts')).out).toHaveLength(before);
});

test('the built program does the same', async () => {
  const args = ['packages/runtime/cli/dist/main.js', 'parked', 'list'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  expect(stdout).toBe('nothing is parked\n');
});
