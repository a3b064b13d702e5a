import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loans } from '@daybook/loans';
import type { ConsumeMessage, Options } from 'amqplib';
import fc from 'fast-check';
import { forwarded } from './forward.ts';
import { FrameGate } from './frame-gate.ts';
import { checkHeader, FROM_SENDERS } from './header-gate.ts';
import {
  anyProperties,
  doubleValue,
  entry,
  frame,
  headerPayload,
  longValue,
  nestedValue,
  type Properties,
  textValue,
} from './test-frames.ts';
import { parkedCopy, refusalOf, replyProperties } from './wire.ts';

/** amqplib's own: what decodes and encodes everything that comes in and goes out. */
const require = createRequire(import.meta.url);
const { BasicProperties, decode, encodeProperties } = require(
  join(dirname(require.resolve('amqplib')), 'lib/defs.js'),
) as {
  BasicProperties: number;
  decode(id: number, bytes: Buffer): ConsumeMessage['properties'];
  encodeProperties(id: number, channel: number, size: number, properties: object): Buffer;
};

const options = { ...FROM_SENDERS, maxBody: 1000, keptOfLonger: 100 };
const reason = { code: 'failed', message: 'm'.repeat(10_000), stack: '\u20ac'.repeat(20_000), attempts: 10 };
const fields = { routingKey: 'loans.RequestLoan', exchange: 'commands', deliveryTag: 1, redelivered: false };

/** A message with these properties, as it comes out of amqplib behind the gate. */
function received(properties: Properties, bodySize = 0): ConsumeMessage {
  const { payload } = checkHeader(headerPayload(properties, bodySize), options);
  const decoded = decode(BasicProperties, payload.subarray(12));
  return { content: Buffer.from('{}'), properties: decoded, fields } as unknown as ConsumeMessage;
}

/** What whoever gets it next reads. */
const sent = (properties: Options.Publish) =>
  decode(BasicProperties, encodeProperties(BasicProperties, 1, 0, properties).subarray(19, -1));

test('whatever a sender puts into a message: it can be read, sent on, parked and answered', () => {
  fc.assert(
    fc.property(anyProperties, (properties) => {
      const message = received(properties);
      const copy = forwarded(loans, message);
      expect(Buffer.byteLength(copy.routingKey)).toBeLessThan(256);
      const next = sent(copy.properties);
      const kept = message.properties.headers ?? {};
      for (const name of ['actor', 'causation-id', 'traceparent', 'request-id']) {
        expect(next.headers?.[name]).toEqual(kept[name]);
      }
      expect(next.messageId).toEqual(message.properties.messageId);
      sent(parkedCopy('loans', message, reason, '2026-01-02T03:04:05.000Z').properties);
      sent(replyProperties(message));
    }),
    { numRuns: 2_000 },
  );
});

test('what is right stays as it is, to the byte', () => {
  const headers = Buffer.concat([
    entry('actor', textValue('ada')),
    entry('n', longValue('l', 42n)),
    entry('nested', nestedValue(6)),
    entry('when', doubleValue(1.5)),
  ]);
  const payload = headerPayload({ messageId: Buffer.from('Žižka'), headers, timestamp: 1_700_000_000n }, 1000);
  expect(checkHeader(payload, options)).toEqual({ payload, bodySize: 1000, letThrough: 1000 });
});

test.each([
  ['a table in a table, 5,000 times', nestedValue(5_000), 'nested too deep'],
  ['a double with a fraction beyond 2^50', doubleValue(2 ** 51 + 0.5), 'a number that is out of range'],
  ['no number', doubleValue(Number.NaN), 'a number that is out of range'],
  ['a time of 2^64 - 1000', longValue('T', 2n ** 64n - 1000n), 'a time beyond 2^53'],
  ['an integer of 2^63 - 1', longValue('l', 2n ** 63n - 1n), 'an integer beyond 2^53'],
  ['text that is not UTF-8', textValue(Buffer.from([0xe9])), 'not UTF-8'],
  ['text of 65,500 characters', textValue('x'.repeat(65_500)), 'no room: headers may have 16384 bytes together'],
  ['a type that AMQP does not have', Buffer.from('z1'), 'it and what follows can not be read'],
])('a header that can not be carried on is left out and named: %s', (_what, value, why) => {
  const headers = Buffer.concat([entry('actor', textValue('ada')), entry('odd', value)]);
  const message = received({ messageId: Buffer.from('c-1'), headers });
  expect(message.properties.headers).toEqual({ actor: 'ada', 'x-not-carried': `odd: ${why}` });
  expect(refusalOf(message)).toBeUndefined();
  expect(parkedCopy('loans', message, reason, 'now').properties.headers).toMatchObject({
    'x-parked-not-carried': `odd: ${why}`,
  });
});

test.each([
  ['message_id', { messageId: Buffer.from([0x78, 0xe9]) }, 'message_id is not UTF-8'],
  ['correlation_id of 100 bytes 0xFF', { correlationId: Buffer.alloc(100, 0xff) }, 'correlation_id is not UTF-8'],
  ['the actor', { headers: entry('actor', textValue(Buffer.from([0xe9]))) }, 'header actor: not UTF-8'],
  [
    'a causation-id of 20,000 characters',
    { headers: entry('causation-id', textValue('x'.repeat(20_000))) },
    'header causation-id: no room: headers may have 16384 bytes together',
  ],
])('what says what a command is must be right, or it is refused: %s', (_what, properties, message) => {
  expect(refusalOf(received(properties))).toEqual({
    code: 'invalid_property',
    message: `${message}: correct it and send it again`,
    attempts: 1,
  });
});

test('what Daybook reads has its place before all other headers', () => {
  const many = Array.from({ length: 17 }, (_, index) => entry(`other-${index}`, textValue('x'.repeat(1_000))));
  const { headers } = received({ headers: Buffer.concat([...many, entry('actor', textValue('ada'))]) }).properties;
  expect(headers).toMatchObject({ actor: 'ada', 'other-0': expect.any(String) });
  expect(headers).not.toHaveProperty('other-16');
});

test('headers of the broker and of Daybook are not a sender’s to set', () => {
  const names = ['x-death', 'x-first-death-reason', 'x-parked-code', 'x-refused-code', 'x-refused-reason'];
  const headers = Buffer.concat(names.map((name) => entry(name, textValue('forged'))));
  expect(received({ headers }).properties.headers).toBeUndefined();
});

test('a reply address that is not UTF-8 is none', () => {
  expect(received({ replyTo: Buffer.from([0xff]) }).properties.replyTo).toBeUndefined();
});

/** One message in frames, its body in pieces. */
function frames(channel: number, properties: Properties, body: Buffer, piece: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += piece) pieces.push(frame(3, channel, body.subarray(at, at + piece)));
  return Buffer.concat([
    frame(1, channel, Buffer.from('deliver')),
    frame(2, channel, headerPayload(properties, body.length)),
    ...pieces,
  ]);
}

test('of a body that is too long the beginning is let through, and the command is refused', () => {
  const gate = new FrameGate(options);
  const id = Buffer.from('c-1');
  const out = gate.take(
    Buffer.concat([frames(7, { messageId: id }, Buffer.alloc(1_001, 1), 60), frames(7, {}, id, 3)]),
  );
  const header = checkHeader(headerPayload({ messageId: id }, 1_001), options);
  expect(header.letThrough).toBe(100);
  const expected = Buffer.concat([
    frame(1, 7, Buffer.from('deliver')),
    frame(2, 7, header.payload),
    frame(3, 7, Buffer.alloc(60, 1)),
    frame(3, 7, Buffer.alloc(40, 1)),
    frames(7, {}, id, 3),
  ]);
  expect(out.equals(expected)).toBe(true);
  expect(refusalOf(received({ messageId: id }, 1_001))).toEqual({
    code: 'too_large',
    message: 'the body has 1001 bytes, and may have 1048576; the first 100 are kept',
    attempts: 1,
  });
});

test('what is left of a long body that never came to its end is not taken out of the next one', () => {
  const gate = new FrameGate(options);
  const begun = [frame(1, 7, Buffer.from('deliver')), frame(2, 7, headerPayload({}, 1_001))];
  gate.take(Buffer.concat([...begun, frame(3, 7, Buffer.alloc(150, 1))]));
  const next = frames(7, {}, Buffer.from('next'), 3);
  expect(gate.take(next).equals(next)).toBe(true);
});

test('however the bytes come, the same is let through', () => {
  const anyMessage = fc.tuple(
    fc.constantFrom(1, 2),
    anyProperties,
    fc.uint8Array({ maxLength: 2_000, size: 'max' }).map(Buffer.from),
    fc.integer({ min: 1, max: 500 }),
  );
  fc.assert(
    fc.property(
      fc.array(anyMessage, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }),
      (messages, sizes) => {
        const bytes = Buffer.concat(messages.map((message) => frames(...message)));
        const whole = new FrameGate(options).take(bytes);
        const gate = new FrameGate(options);
        const parts: Buffer[] = [];
        for (let at = 0, index = 0; at < bytes.length; index++) {
          const size = sizes[index % sizes.length] ?? 1;
          parts.push(Buffer.from(gate.take(bytes.subarray(at, at + size))));
          at += size;
        }
        expect(Buffer.concat(parts).equals(whole)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
