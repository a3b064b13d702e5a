import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type ReceivedCommand, silent } from '@daybook/core';
import type { GetMessage } from 'amqplib';
import fc from 'fast-check';
import { acceptAll, accepted, commandOf, commandOfLoan, eventually, TestBroker } from './test-broker.ts';
import {
  anyProperties,
  doubleValue,
  entry,
  headerPayload,
  longValue,
  nestedValue,
  type Properties,
  publication,
  textValue,
} from './test-frames.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll());
afterAll(() => broker.stop(), 60_000);

/** What the service has logged about its connection. */
let troubles: string[];
let seen: ReceivedCommand[];
async function startService() {
  troubles = [];
  seen = [];
  const note = (_fields: object, phrase: string) => {
    if (phrase !== 'command parked') troubles.push(phrase);
  };
  const log = { ...silent, warn: note, error: note };
  const bus = await broker.bus({ log });
  await bus.consume('loans', acceptAll(seen));
  return bus;
}

/** Sends bytes that no well-meaning client would. The broker may end the connection: it is this message's own. */
async function sendRaw(properties: Properties, { key = 'loans.RequestLoan', body = Buffer.from('{}') } = {}) {
  const connection = await broker.plain();
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  const raw = connection as unknown as { connection: { stream: Duplex } };
  raw.connection.stream.write(
    publication((channel as unknown as { ch: number }).ch, key, headerPayload(properties, body.length), body),
  );
  // Answered once the broker has taken the message, or has ended the connection because of it.
  await channel.checkExchange('commands').catch(() => {});
  await connection.close().catch(() => {});
}

const bytes = (text: string) => Buffer.from(text);
const keys = ['loans.RequestLoan', 'loans.RequestLoan.3'];

describe.each(keys)('by %s', (key) => {
  test.each([
    ['headers nested 5,000 deep', entry('odd', nestedValue(5_000))],
    ['a double with a fraction beyond 2^50', entry('odd', doubleValue(2 ** 51 + 0.5))],
    ['a time of 2^64 - 1000', entry('odd', longValue('T', 2n ** 64n - 1000n))],
    ['a header of 80 KB', entry('odd', textValue('x'.repeat(80_000)))],
    ['a traceparent of 65,500 characters', entry('traceparent', textValue('x'.repeat(65_500)))],
    ['an x-death that is a number', entry('x-death', longValue('l', 5n))],
  ])('%s: the command is handled, and nobody else is affected', async (_what, headers) => {
    const bus = await startService();
    await sendRaw({ messageId: bytes('odd'), type: bytes('RequestLoan'), headers }, { key });
    await eventually(() => seen.some(({ commandId }) => commandId === 'odd'));
    expect(await bus.request(commandOf('next'), { timeoutMs: 5_000 })).toEqual(accepted('next'));
    expect(troubles).toEqual([]);
    expect(await broker.waiting()).toBe(0);
  });

  test('a body of 40 MB is refused and shown in part, and others go on', async () => {
    const bus = await startService();
    const body = Buffer.alloc(40 * 1024 * 1024, '[');
    const answers = await (await broker.plain()).createChannel();
    const { queue } = await answers.assertQueue('', { exclusive: true });
    await sendRaw({ messageId: bytes('large'), type: bytes('RequestLoan'), replyTo: bytes(queue) }, { key, body });
    const copy = await broker.parked();
    expect(copy.content.length).toBe(64 * 1024);
    expect(copy.properties).toMatchObject({
      messageId: 'large',
      headers: {
        'x-parked-code': 'too_large',
        'x-parked-reason': expect.stringContaining('the body has 41943040 bytes'),
      },
    });
    await eventually(async () => (await answers.checkQueue(queue)).messageCount === 1);
    const reply = (await answers.get(queue, { noAck: true })) as GetMessage;
    expect(JSON.parse(reply.content.toString())).toMatchObject({ status: 'invalid', error: { code: 'too_large' } });
    expect(await bus.request(commandOf('next'), { timeoutMs: 5_000 })).toEqual(accepted('next'));
    expect(seen.map(({ commandId }) => commandId)).toEqual(['next']);
    expect(troubles).toEqual([]);
  });

  test('an id that is not UTF-8 is refused with its reason', async () => {
    const bus = await startService();
    await sendRaw({ messageId: Buffer.from([0x78, 0xe9]), type: bytes('RequestLoan') }, { key });
    expect((await broker.parked()).properties.headers).toMatchObject({
      'x-parked-code': 'invalid_property',
      'x-parked-reason': 'message_id is not UTF-8: correct it and send it again',
    });
    expect(await bus.request(commandOf('next'), { timeoutMs: 5_000 })).toEqual(accepted('next'));
  });
});

test('whatever bytes come: each is handled or parked, and no other command is lost or late', async () => {
  const bus = await startService();
  let n = 0;
  await fc.assert(
    fc.asyncProperty(anyProperties, fc.constantFrom(...keys), async ({ replyTo: _, ...properties }, key) => {
      const id = `innocent-${n++}`;
      const innocent = bus.request(commandOfLoan(id, randomUUID()), { timeoutMs: 10_000 });
      await sendRaw(properties, { key });
      expect(await innocent).toEqual(accepted(id));
    }),
    { numRuns: process.env.FAST_CHECK_SEED ? 1500 : 150 },
  );
  await eventually(async () => (await broker.waiting()) === 0);
  expect(troubles).toEqual([]);
}, 240_000);
