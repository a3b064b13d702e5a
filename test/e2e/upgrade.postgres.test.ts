/**
 * What version 0.1.0 left behind is taken over: its database, its queues with what waits in them. How that was made stands
 * in test/fixtures/upgrade-0.1.0/make.mjs; there a mail was refused for good and set aside, and a contract's deadline has
 * passed while nothing ran.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { eventually, migrate, startEmptyPostgres, startTestRabbitmq } from '@daybook/test-support';
import amqp from 'amqplib';
import pg from 'pg';
import { loanApplication, startTestSystem, type TestSystem } from './system.ts';

interface Sent {
  readonly context: string;
  readonly type: string;
  readonly data: object;
  readonly messageId: string;
  readonly reply: object;
}

interface Expected {
  readonly loans: Record<'pending_submission' | 'not_told' | 'unsigned', string>;
  readonly account_uuid: string;
  readonly sent: readonly Sent[];
  readonly answers: readonly { path: string; body: object }[];
}

interface Waiting {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: amqp.Options.Publish;
  readonly body: string;
}

interface Broker {
  readonly declared: readonly ['assertExchange' | 'assertQueue' | 'bindQueue', ...unknown[]][];
  readonly messages: readonly Waiting[];
}

const fixture = (file: string) => readFileSync(`test/fixtures/upgrade-0.1.0/${file}`, 'utf8');
const expected = JSON.parse(fixture('expected.json')) as Expected;
const broker = JSON.parse(fixture('broker.json')) as Broker;
const group = 'event-handler:NotifyApplicant';

let system: TestSystem;
let connection: amqp.ChannelModel;
let channel: amqp.ConfirmChannel;
const replies = new Map<string, object>();

/** A database as it was, brought up to date by today's migrate. */
async function startOldPostgres() {
  const server = await startEmptyPostgres();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(fixture('database.sql'));
  await client.end();
  await migrate(server.url);
  return server;
}

/** Queues as they were declared, with what waited in them. */
async function startOldRabbitmq() {
  const server = await startTestRabbitmq();
  connection = await amqp.connect(server.url);
  connection.on('error', () => {});
  channel = await connection.createConfirmChannel();
  const declare = channel as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const [method, ...args] of broker.declared) await declare[method]?.call(channel, ...args);
  await channel.consume(
    'amq.rabbitmq.reply-to',
    (message) => {
      if (message === null) return;
      replies.set(String(message.properties.correlationId), JSON.parse(message.content.toString()) as object);
    },
    { noAck: true },
  );
  for (const { exchange, routingKey, properties, body } of broker.messages) {
    channel.publish(exchange, routingKey, Buffer.from(body), { ...properties, replyTo: 'amq.rabbitmq.reply-to' });
  }
  await channel.waitForConfirms();
  return server;
}

beforeAll(async () => {
  // As it was set when the contract was issued.
  const settings = { CONTRACT_SIGNATURE_DAYS: '0.0007' };
  system = await startTestSystem({ startPostgres: startOldPostgres, startRabbitmq: startOldRabbitmq, settings });
}, 180_000);
afterAll(async () => {
  await connection?.close();
  await system?.stop();
}, 60_000);

async function send(context: string, type: string, data: object, messageId: string = randomUUID()): Promise<object> {
  const properties = { type, messageId, correlationId: randomUUID(), replyTo: 'amq.rabbitmq.reply-to' };
  channel.publish('commands', `${context}.${type}`, Buffer.from(JSON.stringify(data)), {
    ...properties,
    contentType: 'application/json',
    persistent: true,
    headers: { actor: 'ann' },
  });
  await eventually(`the reply to ${type}`, () => replies.has(properties.correlationId));
  return replies.get(properties.correlationId) as object;
}

async function query(path: string): Promise<object> {
  const response = await fetch(`${system.queryUrl}${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as object;
}

test.each(expected.answers.map(({ path, body }) => [path, body] as const))(
  '%s is as it was',
  async (path, body) => {
    expect(await query(path)).toMatchObject(body);
  },
  60_000,
);

test('a command that waited in its queue gets its outcome', async () => {
  const [waiting] = broker.messages.filter(({ exchange }) => exchange === 'commands');
  const id = String(waiting?.properties.correlationId);
  await eventually('its reply', () => replies.has(id));
  expect(replies.get(id)).toMatchObject({ status: 'accepted', command_id: waiting?.properties.messageId });
  const { pending_submission } = expected.loans;
  await eventually('the process manager has followed', async () => {
    return (await loanApplication(system, pending_submission))?.status === 'pending_review';
  });
}, 60_000);

test('a command that is repeated with its old id gets its old outcome', async () => {
  const before = (await system.feed()).length;
  const inLoans = expected.sent.filter(({ context }) => context === 'loans');
  expect(inLoans.map(({ reply }) => reply)).toContainEqual(expect.objectContaining({ status: 'rejected' }));
  for (const { context, type, data, messageId, reply } of expected.sent) {
    expect(await send(context, type, data, messageId)).toEqual(reply);
  }
  expect((await system.feed()).length).toBe(before);
}, 60_000);

test('a deadline that passed while nothing ran is acted on', async () => {
  const { unsigned } = expected.loans;
  await eventually(
    'the contract expired',
    async () => (await loanApplication(system, unsigned))?.status === 'rejected',
  );
}, 60_000);

test('what was set aside is still there, and can be tried again', async () => {
  const [mail, ...others] = await system.store.listParked(group, 'loans');
  expect(others).toEqual([]);
  expect(mail?.event.data).toMatchObject({ loan_application_uuid: expected.loans.not_told });
  await system.store.replayParked(group, 'loans', mail?.event.position ?? 0);
  await eventually('the mail was sent', async () => {
    const mails = (await (await fetch(system.mailsUrl)).json()) as { text: string }[];
    return mails.some(({ text }) => text.includes(expected.loans.not_told));
  });
  const { messageCount } = await channel.checkQueue('commands.loans.parked');
  expect(messageCount).toBe(1);
}, 60_000);

test('new commands are taken', async () => {
  const loan_application_uuid = randomUUID();
  expect(await send('loans', 'RequestLoan', { loan_application_uuid, amount: 2000, duration: 24 })).toMatchObject({
    status: 'accepted',
  });
  await eventually('its row', async () => (await loanApplication(system, loan_application_uuid))?.amount === 2000);
  const { account_uuid } = expected;
  expect(await send('accounts', 'RecordTransfer', { account_uuid, amount: -150 })).toMatchObject({
    status: 'accepted',
  });
  await eventually('the balance', async () => {
    const balance = (await query(`/accounts/account-balances/${account_uuid}`)) as { balance: number };
    return balance.balance === 0;
  });
}, 60_000);
