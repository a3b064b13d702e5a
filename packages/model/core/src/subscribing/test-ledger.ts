import { setImmediate as turn } from 'node:timers/promises';
import { InMemoryEventStore } from '@daybook/in-memory';
import { systemClock } from '../concurrency/system-clock.ts';
import type { RecordedEvent } from '../messages/event.ts';
import { consumer, type FeedConsumer } from '../modelling/feed-consumer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hold } from '../ports/consumer-host.ts';
import { silent } from '../ports/log.ts';
import { consumeFeed, type FeedConsumption, type RunningConsumer } from './consume-feed.ts';

/** Pauses are hardly any. */
const impatient: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 2), signal) };

/** A store that keeps the ids of events, and up to where it has them, both or neither. */
export class Ledger {
  readonly events = new InMemoryEventStore();
  readonly counted: string[] = [];
  readonly batches: { readonly events: readonly string[]; readonly position: number }[] = [];
  position = 0;
  /** What happens instead of, or around, the writing of a batch. */
  write: (events: readonly RecordedEvent[], commit: () => void) => Promise<void> = async (_, commit) => commit();
  readonly #running: RunningConsumer[] = [];
  #appended = 0;
  #held: Promise<void> = Promise.resolve();

  async append(count: number, type = 'Counted'): Promise<void> {
    for (let n = 0; n < count; n++) {
      const at = this.#appended++;
      const metadata = { command_id: 'x', causation_id: 'x', correlation_id: 'x', schema_version: 1, recorded_at: '' };
      const event = { id: `e${at + 1}`, type, data: {}, metadata };
      await this.events.append('test-Thing-a', at === 0 ? 'no-stream' : at - 1, [event]);
    }
  }

  consumer(types?: readonly string[]): FeedConsumer {
    return consumer({
      name: 'ledger',
      context: 'test',
      ...(types === undefined ? {} : { types }),
      checkpoint: { load: async () => this.position },
      handle: (events, position) =>
        this.write(events, () => {
          this.counted.push(...events.map(({ id }) => id));
          this.batches.push({ events: events.map(({ id }) => id), position });
          this.position = position;
        }),
    });
  }

  /** Starts a process that runs the consumer, or stands by. @returns how its hold gets lost, for good where it crashes */
  start(options: Partial<FeedConsumption> = {}) {
    const crashed = new AbortController();
    let lose = () => {};
    const running = consumeFeed({
      ...{ consumer: this.consumer(), store: this.events, clock: impatient, log: silent, batchSize: 10 },
      hold: async (_, signal) => {
        if (crashed.signal.aborted) return undefined;
        const held = await this.#hold(signal);
        lose = held?.lose ?? lose;
        return held;
      },
      ...options,
    });
    this.#running.push(running);
    const crash = () => {
      crashed.abort();
      lose();
    };
    return { running, lose: () => lose(), crash };
  }

  /** One at a time; the next has it when the one before lets it go, or loses it. */
  async #hold(signal: AbortSignal): Promise<(Hold & { lose(): void }) | undefined> {
    const before = this.#held;
    const lost = new AbortController();
    let release = () => {};
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([before, stopped]);
    const lose = () => {
      lost.abort();
      release();
    };
    if (!signal.aborted) return { lost: lost.signal, release: async () => release(), lose };
    void before.then(release);
    return undefined;
  }

  /** Waits until so many events are counted. */
  async reached(count: number): Promise<void> {
    await soon(() => this.counted.length >= count);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((one) => one.stop()));
  }
}

/** Waits for something that has to come within seconds. */
export async function soon(hasCome: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 4000; !hasCome(); ) {
    if (Date.now() > deadline) throw new Error('it did not come');
    await turn();
  }
}

/** The ids of the first events. */
export const ids = (count: number, from = 1) => Array.from({ length: count + 1 - from }, (_, n) => `e${n + from}`);
