import type { Readable } from 'node:stream';
import { checkHeader, type HeaderGateOptions } from './header-gate.ts';

/** Type, channel, size. */
const FRAME_START = 7;
const FRAME_HEADER = 2;
const FRAME_BODY = 3;
const FRAME_END = Buffer.from([0xce]);
const NOTHING = Buffer.alloc(0);

interface Frame {
  readonly type: number;
  readonly channel: number;
  /** With its start and its end, bytes. */
  readonly size: number;
  /** Whether it may have to be changed, and so has to be there as a whole. */
  readonly isChecked: boolean;
}

/**
 * Stands between the socket and amqplib: what a sender has put into a message's properties or body can't overflow the stack
 * of whoever decodes it, can't be too large to hold, and can be sent on. All other bytes pass as they are.
 */
export class FrameGate {
  readonly #options: HeaderGateOptions;
  /** The beginning of a frame whose rest has not come. */
  #rest: Buffer = NOTHING;
  /** Bytes of the current frame that are let through as they come. */
  #passing = 0;
  /** By channel, how much is still to come of a body that is too long, and how much of that is let through. */
  readonly #cut = new Map<number, { readonly pass: number; readonly left: number }>();

  constructor(options: HeaderGateOptions) {
    this.#options = options;
  }

  /** @returns what may be decoded so far; empty when that has to wait for more */
  take(chunk: Buffer): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    const out: Buffer[] = [];
    let from = 0;
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#passing > 0) {
        const passed = Math.min(this.#passing, bytes.length - offset);
        this.#passing -= passed;
        offset += passed;
        continue;
      }
      const frame = this.#frameAt(bytes, offset);
      if (frame === undefined) {
        this.#rest = bytes.subarray(offset);
        break;
      }
      if (!frame.isChecked) {
        this.#passing = frame.size;
        continue;
      }
      const checked = this.#checked(frame, bytes.subarray(offset, offset + frame.size));
      if (checked !== undefined) {
        out.push(bytes.subarray(from, offset), checked);
        from = offset + frame.size;
      }
      offset += frame.size;
    }
    if (out.length === 0) return bytes.subarray(from, offset);
    return Buffer.concat([...out, bytes.subarray(from, offset)]);
  }

  /** @returns undefined while there is not enough of it */
  #frameAt(bytes: Buffer, offset: number): Frame | undefined {
    if (bytes.length - offset < FRAME_START) return undefined;
    const type = bytes.readUInt8(offset);
    const channel = bytes.readUInt16BE(offset + 1);
    const size = FRAME_START + bytes.readUInt32BE(offset + 3) + FRAME_END.length;
    const isChecked = type === FRAME_HEADER || (type === FRAME_BODY && this.#cut.has(channel));
    return isChecked && bytes.length - offset < size ? undefined : { type, channel, size, isChecked };
  }

  /** @returns what takes the frame's place; undefined: it stays as it is */
  #checked({ type, channel }: Frame, frame: Buffer): Buffer | undefined {
    const payload = frame.subarray(FRAME_START, -FRAME_END.length);
    if (type === FRAME_BODY) return this.#cutBody(channel, payload);
    const header = checkHeader(payload, this.#options);
    if (header.letThrough < header.bodySize) {
      this.#cut.set(channel, { pass: header.letThrough, left: header.bodySize });
    } else this.#cut.delete(channel);
    return header.payload === payload ? undefined : frameOf(FRAME_HEADER, channel, header.payload);
  }

  /** One frame of a body that is too long. */
  #cutBody(channel: number, payload: Buffer): Buffer {
    const cut = this.#cut.get(channel) ?? { pass: 0, left: 0 };
    const passed = payload.subarray(0, cut.pass);
    const left = cut.left - payload.length;
    if (left > 0) this.#cut.set(channel, { pass: cut.pass - passed.length, left });
    else this.#cut.delete(channel);
    return passed.length === 0 ? NOTHING : frameOf(FRAME_BODY, channel, passed);
  }
}

/** What amqplib reads from, and what it has read and not decoded. */
export interface GuardedReading {
  readonly stream: Readable;
  rest: Buffer;
}

/** Has everything that amqplib reads on a connection pass a gate. */
export function guardReading(connection: GuardedReading, options: HeaderGateOptions): void {
  const gate = new FrameGate(options);
  const { stream } = connection;
  const read = stream.read.bind(stream);
  connection.rest = gate.take(connection.rest);
  stream.read = (size?: number) => {
    // Asks the stream to go on reading, and for nothing.
    if (size === 0) return read(0);
    for (;;) {
      const chunk = read() as Buffer | null;
      if (chunk === null) return null;
      const checked = gate.take(chunk);
      if (checked.length > 0) return checked;
    }
  };
}

function frameOf(type: number, channel: number, payload: Buffer): Buffer {
  const start = Buffer.alloc(FRAME_START);
  start.writeUInt8(type, 0);
  start.writeUInt16BE(channel, 1);
  start.writeUInt32BE(payload.length, 3);
  return Buffer.concat([start, payload, FRAME_END]);
}
