import { closeSync, fdatasync, ftruncateSync, mkdirSync, openSync, readFileSync, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EventToStore } from './stored-event.ts';

/** Events that are stored together or not at all. */
export interface Batch {
  readonly createdMs: number;
  readonly events: readonly EventToStore[];
}

/** Where batches are kept between one start and the next. */
export interface EventLog {
  load(): readonly Batch[];
  /** Resolves when they would survive a crash of the machine. One call at a time. */
  append(batches: readonly Batch[]): Promise<void>;
  close(): Promise<void>;
}

const writeAll = promisify(write);
const sync = promisify(fdatasync);

/** Keeps batches in memory: they outlive a stop of the server, not the process. */
export function createMemoryLog(): EventLog {
  const kept: Batch[] = [];
  return {
    load: () => kept,
    append(batches) {
      kept.push(...batches);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Keeps batches in `events.log` of a folder, one line of JSON a batch. A line cut short by a crash is removed. */
export function createFileLog(folder: string): EventLog {
  mkdirSync(folder, { recursive: true });
  let file: number | undefined;
  let appending: Promise<void> = Promise.resolve();

  async function append(to: number, batches: readonly Batch[]): Promise<void> {
    let rest = Buffer.from(batches.map((batch) => `${formatBatch(batch)}\n`).join(''));
    while (rest.length > 0) rest = rest.subarray((await writeAll(to, rest)).bytesWritten);
    await sync(to);
  }

  return {
    load() {
      file = openSync(join(folder, 'events.log'), 'a+');
      const bytes = readFileSync(file);
      const end = bytes.lastIndexOf(0x0a) + 1;
      if (end < bytes.length) ftruncateSync(file, end);
      const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
      return lines.map(parseBatch);
    },
    append(batches) {
      if (file === undefined) return Promise.reject(new Error('the log is closed'));
      appending = append(file, batches);
      return appending;
    },
    async close() {
      const open = file;
      file = undefined;
      // A descriptor that is closed under a write may by then belong to another file.
      await appending.catch(() => {});
      if (open !== undefined) closeSync(open);
    },
  };
}

type Line = [createdMs: number, ...events: [stream: string, id: string, type: string, json: number, string, string][]];

function formatBatch({ createdMs, events }: Batch): string {
  const line: Line = [
    createdMs,
    ...events.map(({ stream, id, type, contentType, data, metadata }): Line[1] => [
      stream,
      id,
      type,
      contentType,
      data.toString('base64'),
      metadata.toString('base64'),
    ]),
  ];
  return JSON.stringify(line);
}

function parseBatch(text: string): Batch {
  const [createdMs, ...events] = JSON.parse(text) as Line;
  return {
    createdMs,
    events: events.map(([stream, id, type, contentType, data, metadata]) => ({
      stream,
      id,
      type,
      contentType,
      data: Buffer.from(data, 'base64'),
      metadata: Buffer.from(metadata, 'base64'),
    })),
  };
}
