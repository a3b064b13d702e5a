import fc from 'fast-check';

/** An AMQP short string. */
function shortString(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** A length of four bytes, and what it is the length of. */
function withLength(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** An entry of a header table. @param value with its tag */
export function entry(name: string | Uint8Array, value: Uint8Array): Buffer {
  return Buffer.concat([shortString(Buffer.from(name as string)), value]);
}

/** A text as it stands in a table. */
export function textValue(text: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('S'), withLength(Buffer.from(text as string))]);
}

/** A number of eight bytes as it stands in a table. */
export function longValue(tag: 'l' | 'T', value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.write(tag);
  if (tag === 'l') bytes.writeBigInt64BE(value, 1);
  else bytes.writeBigUInt64BE(value, 1);
  return bytes;
}

/** A double as it stands in a table. */
export function doubleValue(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.write('d');
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** Tables in tables. */
export function nestedValue(depth: number): Buffer {
  let value = Buffer.from('V');
  for (let level = 0; level < depth; level++) {
    value = Buffer.concat([Buffer.from('F'), withLength(entry('n', value))]);
  }
  return value;
}

/** What may be in a content header. Properties are the bytes of a short string, unless said otherwise. */
export interface Properties {
  readonly contentType?: Uint8Array;
  /** The entries of the table. */
  readonly headers?: Uint8Array;
  readonly correlationId?: Uint8Array;
  readonly replyTo?: Uint8Array;
  readonly messageId?: Uint8Array;
  readonly timestamp?: bigint;
  readonly type?: Uint8Array;
  readonly appId?: Uint8Array;
}

const FLAGS: readonly [keyof Properties, number][] = [
  ['contentType', 15],
  ['headers', 13],
  ['correlationId', 10],
  ['replyTo', 9],
  ['messageId', 7],
  ['timestamp', 6],
  ['type', 5],
  ['appId', 3],
];

/** The payload of a content header. */
export function headerPayload(properties: Properties, bodySize = 0): Buffer {
  const fixed = Buffer.alloc(14);
  fixed.writeUInt16BE(60, 0);
  fixed.writeBigUInt64BE(BigInt(bodySize), 4);
  let flags = 0;
  const parts: Buffer[] = [];
  for (const [name, bit] of FLAGS) {
    const value = properties[name];
    if (value === undefined) continue;
    flags |= 1 << bit;
    if (typeof value === 'bigint') {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(value);
      parts.push(bytes);
    } else parts.push(name === 'headers' ? withLength(value) : shortString(value));
  }
  fixed.writeUInt16BE(flags, 12);
  return Buffer.concat([fixed, ...parts]);
}

/** A frame of the protocol. @param type 1 method, 2 content header, 3 body */
export function frame(type: number, channel: number, payload: Uint8Array): Buffer {
  const start = Buffer.from([type, channel >> 8, channel & 255]);
  return Buffer.concat([start, withLength(payload), Buffer.from([0xce])]);
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(Buffer.from);
const tagged = (tag: string, value: fc.Arbitrary<Buffer>) =>
  value.map((rest) => Buffer.concat([Buffer.from(tag), rest]));
const anyName = fc.oneof(
  fc.constantFrom('actor', 'causation-id', 'traceparent', 'request-id', 'x-death', 'x-parked-code', '!', '__proto__'),
  fc.string({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }),
);

/** Any header table: every type that AMQP has, any bytes in it, nested; some can't be read to the end. */
const anyTable: fc.Arbitrary<Buffer> = fc.letrec<{ value: Buffer; table: Buffer }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 12, withCrossShrink: true },
    fc.constant(Buffer.from('V')),
    ...['t', 'b', 'B'].map((tag) => tagged(tag, bytes(1))),
    ...['s', 'u'].map((tag) => tagged(tag, bytes(2))),
    ...['I', 'i', 'f'].map((tag) => tagged(tag, bytes(4))),
    ...['l', 'd', 'T'].map((tag) => tagged(tag, bytes(8))),
    tagged('D', bytes(5)),
    fc.double().map(doubleValue),
    fc.string({ unit: 'binary', maxLength: 300 }).map(textValue),
    fc.uint8Array({ maxLength: 40_000, size: 'max' }).map(textValue),
    tagged('x', fc.uint8Array({ maxLength: 50 }).map(withLength)),
    tagged(
      'A',
      fc.array(tie('value'), { maxLength: 4 }).map((all) => withLength(Buffer.concat(all))),
    ),
    tagged('F', tie('table').map(withLength)),
    fc.uint8Array({ minLength: 1, maxLength: 12 }).map(Buffer.from),
  ),
  table: fc
    .array(
      fc.tuple(anyName, tie('value')).map(([name, value]) => entry(name, value)),
      { maxLength: 6 },
    )
    .map((all) => Buffer.concat(all)),
})).table;

const anyText = fc.uint8Array({ maxLength: 255, size: 'max' });

/** Any content header. */
export const anyProperties: fc.Arbitrary<Properties> = fc.record(
  {
    contentType: anyText,
    headers: anyTable,
    correlationId: anyText,
    replyTo: anyText,
    messageId: anyText,
    timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    type: anyText,
    appId: anyText,
  },
  { requiredKeys: [] },
);

/** A message as it is published, whatever is in it, in the frames of the protocol. */
export function publication(channel: number, key: string, header: Buffer, body: Buffer, frameMax = 100_000): Buffer {
  const method = Buffer.from([0, 60, 0, 40, 0, 0]);
  const exchange = shortString(Buffer.from('commands'));
  const publish = Buffer.concat([method, exchange, shortString(Buffer.from(key)), Buffer.from([0])]);
  const frames = [frame(1, channel, publish), frame(2, channel, header)];
  for (let at = 0; at < body.length; at += frameMax) frames.push(frame(3, channel, body.subarray(at, at + frameMax)));
  return Buffer.concat(frames);
}
