import { MAX_BODY_BYTES } from '@daybook/core';
import { cutToBytes, MAX_SHORT } from './short-text.ts';
import { checkTable, type DroppedHeader } from './table-gate.ts';

/** What the gate is told about the messages of one connection. */
export interface HeaderGateOptions {
  /** Of a longer body only the beginning is taken in, bytes. */
  readonly maxBody: number;
  /** So much of it, bytes. */
  readonly keptOfLonger: number;
  /** Headers that no sender may set. */
  readonly dropped: (name: string) => boolean;
}

/** Set by the broker or by Daybook: none of a sender's business. */
const NOT_FROM_SENDERS = /^x-(death|(first|last)-death-|parked-|refused-|body-bytes$)/;

/** What comes to a command-service or to one that waits for replies. */
export const FROM_SENDERS: HeaderGateOptions = {
  maxBody: 2 * MAX_BODY_BYTES,
  keptOfLonger: 64 * 1024,
  dropped: (name) => NOT_FROM_SENDERS.test(name),
};

/** A content header that may be decoded, and how much of the body that follows is let through. */
export interface CheckedHeader {
  readonly payload: Buffer;
  /** Bytes of the body that follow, as the sender said. */
  readonly bodySize: number;
  /** Bytes of it that are let through. */
  readonly letThrough: number;
}

/** Put by the gate into the headers of what a command-service must refuse. */
export const REFUSED_CODE = 'x-refused-code';
export const REFUSED_REASON = 'x-refused-reason';
/** Of a body that was not let through whole: how many bytes it has. */
export const BODY_BYTES = 'x-body-bytes';
/** Names the headers that were not taken in, and why. */
export const NOT_CARRIED = 'x-not-carried';

/** The properties of AMQP 0-9-1 in their order on the wire, with their flags. */
const PROPERTIES = [
  ['content type', 15],
  ['content encoding', 14],
  ['headers', 13],
  ['delivery mode', 12],
  ['priority', 11],
  ['correlation_id', 10],
  ['reply_to', 9],
  ['expiration', 8],
  ['message_id', 7],
  ['timestamp', 6],
  ['type', 5],
  ['user_id', 4],
  ['app_id', 3],
  ['cluster_id', 2],
] as const;

/** They say what a command is: where they can't be read, it is refused, and shown as well as can be. */
const OWN = new Set(['correlation_id', 'message_id', 'type']);

/** Class, weight, size of the body, flags. */
const FIXED_BYTES = 14;
const HEADERS_FLAG = 1 << 13;
/** Of a table's length. */
const LENGTH_BYTES = 4;
const MAX_NOTE = 2_000;
const EMPTY = Buffer.alloc(0);

/**
 * Makes a content header's payload safe to decode and to send on, whatever its sender has put into it. It comes back as it is
 * when nothing is wrong with it. Without state; never throws.
 */
export function checkHeader(payload: Buffer, options: HeaderGateOptions): CheckedHeader {
  const bodySize = Number(payload.readBigUInt64BE(4));
  const letThrough = bodySize > options.maxBody ? options.keptOfLonger : bodySize;
  const flags = payload.readUInt16BE(12);
  const parts: Buffer[] = [];
  const refused: string[] = [];
  const dropped: DroppedHeader[] = [];
  let headers: Buffer = EMPTY;
  let kept = 0;
  let changed = letThrough !== bodySize;
  let offset = FIXED_BYTES;
  for (const [name, bit] of PROPERTIES) {
    if ((flags & (1 << bit)) === 0) continue;
    const [start, end] = [offset, endOf(payload, offset, name)];
    offset = end;
    const part = payload.subarray(start, end);
    if (name === 'headers') {
      const table = checkTable(part.subarray(LENGTH_BYTES), options.dropped);
      headers = table.kept;
      refused.push(...table.refused);
      dropped.push(...table.dropped);
      changed ||= table.changed;
      continue;
    }
    const safe = safeProperty(name, part, refused, dropped);
    changed ||= safe !== part;
    if (safe === undefined) continue;
    kept |= 1 << bit;
    parts.push(safe);
  }
  if (!changed) return { payload, bodySize, letThrough };

  const tooLong = `the body has ${bodySize} bytes, and may have ${MAX_BODY_BYTES}; the first ${letThrough} are kept`;
  const notes: Buffer[] = [];
  if (letThrough !== bodySize) {
    notes.push(textEntry(REFUSED_CODE, 'too_large'), textEntry(REFUSED_REASON, tooLong));
    notes.push(textEntry(BODY_BYTES, String(bodySize)));
  } else if (refused.length > 0)
    notes.push(
      textEntry(REFUSED_CODE, 'invalid_property'),
      textEntry(REFUSED_REASON, `${refused.join('; ')}: correct it and send it again`),
    );
  if (dropped.length > 0)
    notes.push(textEntry(NOT_CARRIED, dropped.map((one) => `${one.name}: ${one.why}`).join('; ')));
  return { payload: assembled(payload, kept, parts, [headers, ...notes], letThrough), bodySize, letThrough };
}

/** Where a property ends. The broker has checked that it ends within the payload. */
function endOf(payload: Buffer, start: number, name: string): number {
  if (name === 'headers') return start + LENGTH_BYTES + payload.readUInt32BE(start);
  if (name === 'delivery mode' || name === 'priority') return start + 1;
  if (name === 'timestamp') return start + 8;
  return start + 1 + payload.readUInt8(start);
}

/** The property as it may be decoded and encoded again; undefined for one that is left out. */
function safeProperty(name: string, part: Buffer, refused: string[], dropped: DroppedHeader[]): Buffer | undefined {
  if (name === 'delivery mode' || name === 'priority') return part;
  if (name === 'timestamp') {
    if (part.readBigUInt64BE(0) <= BigInt(Number.MAX_SAFE_INTEGER)) return part;
    dropped.push({ name, why: `beyond ${Number.MAX_SAFE_INTEGER}` });
    return undefined;
  }
  const text = part.subarray(1);
  const decoded = text.toString();
  if (Buffer.compare(Buffer.from(decoded), text) === 0) return part;
  if (!OWN.has(name)) {
    dropped.push({ name, why: 'not UTF-8' });
    return undefined;
  }
  refused.push(`${name} is not UTF-8`);
  const bytes = Buffer.from(cutToBytes(decoded, MAX_SHORT));
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function textEntry(name: string, text: string): Buffer {
  const [key, value] = [Buffer.from(name), Buffer.from(text.slice(0, MAX_NOTE))];
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from('S'), length, value]);
}

function assembled(
  payload: Buffer,
  kept: number,
  parts: readonly Buffer[],
  table: readonly Buffer[],
  bodySize: number,
): Buffer {
  const entries = Buffer.concat(table);
  const hasTable = entries.length > 0;
  const fixed = Buffer.from(payload.subarray(0, FIXED_BYTES));
  fixed.writeBigUInt64BE(BigInt(bodySize), 4);
  fixed.writeUInt16BE(hasTable ? kept | HEADERS_FLAG : kept, 12);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(entries.length);
  // Content type and content encoding come before the headers.
  const before = ((kept >> 15) & 1) + ((kept >> 14) & 1);
  return Buffer.concat([
    fixed,
    ...parts.slice(0, before),
    ...(hasTable ? [length, entries] : []),
    ...parts.slice(before),
  ]);
}
