import type { Batch, EventLog } from './event-log.ts';
import type { EventToStore, StoredEvent } from './stored-event.ts';
import { createStreams, type Streams } from './streams.ts';

/** What a write comes to: its answer, and the events that it adds. */
export interface Decision<Answer> {
  readonly events: readonly EventToStore[];
  /** Called with the events as they were stored. */
  answer(stored: readonly StoredEvent[]): Answer;
}

/** Streams that are written to a log before anyone can see the change. */
export interface EventStore {
  /** Runs when nothing is half-written: what it sees is durable. */
  read<Answer>(look: (streams: Streams) => Answer): Promise<Answer>;
  /** Decides against the newest state; resolves when the events are durable. Never settles once the store is closed. */
  write<Answer>(decide: (streams: Streams) => Decision<Answer>): Promise<Answer>;
  /** Calls back for each event when it is durable, in order. Returns how to stop that. */
  onEvent(listener: (event: StoredEvent, streams: Streams) => void): () => void;
  /** Forgets writes that are not answered yet. */
  close(): Promise<void>;
}

interface Job {
  /** Decides, and returns what is left to do when the events are durable. */
  run(streams: Streams, batches: Batch[]): () => void;
}

/**
 * Loads a log and serves it. Writes that arrive while the log is being synced are decided together afterwards,
 * so that many of them share one sync.
 */
export function createEventStore(log: EventLog, now: () => number): EventStore {
  const streams = createStreams();
  for (const { createdMs, events } of log.load()) for (const event of events) streams.add(event, createdMs);

  const listeners = new Set<(event: StoredEvent, streams: Streams) => void>();
  const readers: (() => void)[] = [];
  let jobs: Job[] = [];
  let busy = false;
  let closed = false;

  async function work(): Promise<void> {
    busy = true;
    while (jobs.length > 0 && !closed) {
      const batches: Batch[] = [];
      const before = streams.all.length;
      const answers = jobs.splice(0).map((job) => job.run(streams, batches));
      if (batches.length > 0) await log.append(batches);
      if (closed) return;
      for (const event of streams.all.slice(before)) for (const listener of listeners) listener(event, streams);
      for (const answer of answers) answer();
      for (const reader of readers.splice(0)) reader();
    }
    busy = false;
  }

  return {
    read(look) {
      return new Promise((resolve, reject) => {
        const run = () => {
          try {
            resolve(look(streams));
          } catch (error) {
            reject(error as Error);
          }
        };
        if (busy) readers.push(run);
        else if (!closed) run();
      });
    },
    write(decide) {
      return new Promise((resolve, reject) => {
        jobs.push({
          run(current, batches) {
            const { events, answer } = decide(current);
            const createdMs = now();
            const stored = events.map((event) => current.add(event, createdMs));
            if (events.length > 0) batches.push({ createdMs, events });
            return () => resolve(answer(stored));
          },
        });
        // A log that cannot be written leaves every write in doubt: fail loudly rather than answer.
        if (!busy && !closed) work().catch(reject);
      });
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      jobs = [];
      return log.close();
    },
  };
}
