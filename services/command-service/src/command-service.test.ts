import { type EventStore, type Log, type ReceivedCommand, Stopping, Unavailable } from '@daybook/core';
import { createInMemoryCommandBus, InMemoryEventStore } from '@daybook/in-memory';
import { loans } from '@daybook/loans';
import { startCommandService } from './command-service.ts';
import { logOutcome } from './log-outcome.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
const data = { loan_application_uuid: ID, amount: 1000, duration: 6 };
const clock = {
  now: () => new Date(0),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

function lines() {
  const said: { level: string; fields: object; phrase: string }[] = [];
  const at = (level: string) => (fields: object, phrase: string) => {
    said.push({ level, fields, phrase });
  };
  return { said, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } as Log };
}

test('decides what the bus brings, with a line for each outcome', async () => {
  const { said, log } = lines();
  const bus = createInMemoryCommandBus({ log });
  const service = await startCommandService({ contexts: [loans], bus, store: new InMemoryEventStore(), clock, log });
  const send = (commandId: string, type: string, sent: unknown) =>
    bus.request(
      { context: 'loans', commandId, correlationId: 'c1', command: { type, data: sent } },
      { timeoutMs: 1000 },
    );
  expect((await send('m1', 'RequestLoan', data)).status).toBe('accepted');
  expect((await send('m2', 'RequestLoan', data)).status).toBe('rejected');
  expect((await send('m3', 'RequestLoan', { ...data, amount: 'secret' })).status).toBe('invalid');
  await service.stop();
  const outcomes = said.filter(({ phrase }) => /^command (accepted|rejected|invalid)$/.test(phrase));
  expect(outcomes).toMatchObject([
    {
      level: 'debug',
      fields: {
        command_id: 'm1',
        message_type: 'RequestLoan',
        correlation_id: 'c1',
        stream: `loans-LoanRequest-${ID}`,
      },
    },
    { level: 'debug', fields: { command_id: 'm2', outcome: 'rejected', code: 'loan_already_requested' } },
    { level: 'warn', fields: { command_id: 'm3', outcome: 'invalid', code: 'invalid_data', parked: true } },
  ]);
  expect(JSON.stringify(said)).not.toContain('secret');
});

test('a command that waits for the store does not block the stop: it is given back when the grace is over', async () => {
  const store = {
    read: () => Promise.reject(new Unavailable('event store', new Error('down'))),
  } as unknown as EventStore;
  const { log } = lines();
  let inHand: Promise<unknown> = Promise.resolve();
  const bus = {
    ...createInMemoryCommandBus({ log }),
    async consume(_context: string, handle: (received: ReceivedCommand) => Promise<unknown>) {
      const properties = { correlationId: undefined, causationId: undefined, actor: undefined, traceparent: undefined };
      inHand = handle({ type: 'RequestLoan', commandId: 'm1', body: JSON.stringify(data), ...properties });
      inHand.catch(() => {});
      return {
        stop: () =>
          inHand.then(
            () => {},
            () => {},
          ),
      };
    },
  };
  const service = await startCommandService({ contexts: [loans], bus, store, clock, log, graceMs: 50 });
  await service.stop();
  await expect(inHand).rejects.toThrow(Stopping);
});

test('a command that was set aside is a warning with the reason', () => {
  const { said, log } = lines();
  const received = { type: 'RequestLoan', commandId: 'm1' } as ReceivedCommand;
  logOutcome(log, received, {
    reply: { status: 'failed', command_id: 'm1', error: { code: 'failed', message: 'parked' } },
    park: { code: 'failed', message: 'no such table' },
  });
  expect(said).toMatchObject([
    { level: 'warn', fields: { parked: true, reason: 'no such table' }, phrase: 'command failed' },
  ]);
});
