import { MalformedMessage, type ReceivedCommand, type Reply, Unavailable } from '@daybook/core';
import { PARTITIONS } from './partition.ts';
import { acceptAll, accepted, commandOf, commandOfLoan, eventually, TestBroker } from './test-broker.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll());
afterAll(() => broker.stop(), 60_000);

test('a command arrives with all that travels with it', async () => {
  const bus = await broker.bus();
  const seen: ReceivedCommand[] = [];
  await bus.consume('loans', acceptAll(seen));
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await bus.publish({
    ...commandOf('c-1', { amount: 1000, note: 'für immer' }),
    correlationId: 'talk-1',
    causationId: 'event-1',
    actor: 'ada',
    traceparent: trace,
  });
  await eventually(() => seen.length === 1);
  await bus.publish(commandOf('c-2'));
  await eventually(() => seen.length === 2);
  expect(seen).toEqual([
    {
      type: 'RequestLoan',
      commandId: 'c-1',
      correlationId: 'talk-1',
      causationId: 'event-1',
      actor: 'ada',
      traceparent: trace,
      body: Buffer.from('{"amount":1000,"note":"für immer"}'),
    },
    {
      type: 'RequestLoan',
      commandId: 'c-2',
      correlationId: 'c-2',
      causationId: undefined,
      actor: undefined,
      traceparent: undefined,
      body: Buffer.from('{}'),
    },
  ]);
});

test('commands of one aggregate are handed over in the order of publishing', async () => {
  const bus = await broker.bus();
  const seen: ReceivedCommand[] = [];
  const ids = Array.from({ length: 1_000 }, (_, index) => `c-${index}`);
  await Promise.all(ids.map((id) => bus.publish(commandOfLoan(id))));
  await bus.consume('loans', acceptAll(seen));
  await eventually(() => seen.length === ids.length);
  expect(seen.map((one) => one.commandId)).toEqual(ids);
});

test('a request resolves with the outcome', async () => {
  const bus = await broker.bus();
  const rejected: Reply = {
    status: 'rejected',
    command_id: 'c-1',
    stream: 'loans-LoanRequest-1',
    revision: 3,
    token: 'loans-LoanRequest-1@3',
    error: { code: 'amount_is_too_low', message: 'the least is 500' },
  };
  await bus.consume('loans', async () => ({ reply: rejected }));
  expect(await bus.request(commandOf('c-1'), { timeoutMs: 5_000 })).toEqual(rejected);
});

test('requests that share a command id get each the answer of their own aggregate', async () => {
  const bus = await broker.bus();
  await bus.consume('loans', async ({ body, commandId }) => {
    const { loan } = JSON.parse(String(body)) as { loan: string };
    return { reply: { ...accepted(commandId), stream: `loans-LoanRequest-${loan}` } as Reply };
  });
  const loans = Array.from({ length: 20 }, (_, n) => `${n}`);
  const ask = (loan: string) => bus.request(commandOf('the-same', { loan }), { timeoutMs: 5_000 });
  const replies = await Promise.all(loans.map(ask));
  expect(replies).toEqual(loans.map((loan) => expect.objectContaining({ stream: `loans-LoanRequest-${loan}` })));
});

test('requests that share a correlation id get the answers to their own commands', async () => {
  const bus = await broker.bus();
  await bus.consume('loans', acceptAll());
  const ids = ['c-1', 'c-2', 'c-3'];
  const ask = (id: string) => bus.request({ ...commandOf(id), correlationId: 'talk' }, { timeoutMs: 5_000 });
  expect((await Promise.all(ids.map(ask))).map((reply) => reply.command_id)).toEqual(ids);
});

test('a command published three times is answered three times', async () => {
  const bus = await broker.bus();
  const seen: ReceivedCommand[] = [];
  await bus.consume('loans', acceptAll(seen));
  const ask = () => bus.request(commandOf('same'), { timeoutMs: 5_000 });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill(accepted('same')));
  await eventually(() => seen.length === 3);
});

test('a request nobody answers in time says that the outcome is not known', async () => {
  const bus = await broker.bus();
  await expect(bus.request(commandOf('c-1'), { timeoutMs: 100 })).rejects.toThrow(Unavailable);
  await expect(bus.request(commandOf('c-1'), { timeoutMs: 100 })).rejects.toThrow('not known yet');
});

test('the reply comes after the command has left the queue', async () => {
  const bus = await broker.bus();
  await bus.consume('loans', acceptAll());
  for (let index = 0; index < 20; index++) {
    await bus.request(commandOf(`c-${index}`), { timeoutMs: 5_000 });
  }
  expect(await broker.waiting()).toBe(0);
});

test('a command for a context that nobody serves is refused', async () => {
  const bus = await broker.bus();
  const command = { ...commandOf('c-1'), context: 'meetups' };
  await expect(bus.publish(command)).rejects.toMatchObject({ code: 'unroutable' });
  await expect(bus.request(command, { timeoutMs: 5_000 })).rejects.toThrow("no service serves the context 'meetups'");
  await expect(bus.publish({ ...commandOf('x'.repeat(300)) })).rejects.toThrow(MalformedMessage);
  await bus.publish(commandOf('c-2'));
});

test('stopping finishes what is in hand and leaves the rest on the queue', async () => {
  const bus = await broker.bus({ prefetch: PARTITIONS });
  const seen: (string | undefined)[] = [];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const consumer = await bus.consume('loans', async ({ commandId }) => {
    seen.push(commandId);
    await finished;
    return { reply: accepted(commandId) };
  });
  for (const id of ['c-1', 'c-2', 'c-3', 'c-4']) await bus.publish(commandOfLoan(id));
  await eventually(() => seen.length === 2);
  const stopped = consumer.stop();
  finish();
  await stopped;
  expect(seen).toEqual(['c-1', 'c-2']);

  const rest: ReceivedCommand[] = [];
  await bus.consume('loans', acceptAll(rest));
  await eventually(() => rest.length === 2);
  expect(rest.map((one) => one.commandId)).toEqual(['c-3', 'c-4']);
});

test('a command whose handling ends because the service stops goes to the next consumer', async () => {
  const first = await broker.bus();
  await first.consume('loans', () => Promise.reject(new Error('stopping')));
  await first.publish(commandOf('c-1'));
  await first.close();
  const seen: ReceivedCommand[] = [];
  await (await broker.bus()).consume('loans', acceptAll(seen));
  await eventually(() => seen.length === 1);
});
