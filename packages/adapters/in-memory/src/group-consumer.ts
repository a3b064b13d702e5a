import {
  type Clock,
  deliver,
  type EventsHandler,
  failed,
  type GroupSubscription,
  type Log,
  patient,
  type RecordedEvent,
  type RetryPolicy,
  retryPolicyOf,
  Stopping,
  type SubscriptionOptions,
} from '@daybook/core';
import type { InMemoryGroup } from './group.ts';

/** Said outright: without a reason, each end of a rest would make an error with a stack. */
const RESTED = 'rested';

/** One consumer of a group in memory. */
export class InMemoryConsumer implements GroupSubscription {
  readonly #group: InMemoryGroup;
  readonly #clock: Clock;
  readonly #policy: RetryPolicy;
  readonly #handle: EventsHandler;
  readonly #batchSize: number;
  readonly #stopping = new AbortController();
  #wake: () => void = () => {};
  readonly #running: Promise<void>;

  constructor(group: InMemoryGroup, options: SubscriptionOptions, clock: Clock, log: Log) {
    this.#group = group;
    this.#clock = clock;
    this.#policy = { ...retryPolicyOf(options), random: clock.random };
    this.#handle = patient(options.handle, clock, this.#stopping.signal, log, options.group);
    this.#batchSize = options.batchSize ?? 100;
    group.join(this);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
    this.#group.leave(this);
  }

  async check(): Promise<void> {}

  /** As if its process had been killed: what it has in hand goes to the others at once, whatever it still does. */
  kill(): void {
    this.#group.leave(this);
    this.#stopping.abort();
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const retried = await this.#retryDue();
        const batch = this.#group.take(this, this.#batchSize);
        if (batch.length > 0) await this.#handOver(batch);
        else if (!retried) await this.#rest();
      } catch (error) {
        if (!(error instanceof Stopping)) throw error;
      }
    }
  }

  async #handOver(batch: readonly RecordedEvent[]): Promise<void> {
    const aside = await deliver(batch, this.#group.blocked, this.#handle, this.#policy);
    this.#group.finish(this, aside, this.#clock.now());
  }

  async #retryDue(): Promise<boolean> {
    const due = this.#group.takeDue(this, this.#clock.now());
    if (due === undefined) return false;
    const again = await this.#handle([due.event]).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof Stopping) throw error;
        return failed(due.event, due.attempts + 1, error, this.#policy);
      },
    );
    this.#group.finishDue(this, due, again, this.#clock.now());
    return true;
  }

  /** Until there is something new, or for as long as a retry may need to fall due. */
  async #rest(): Promise<void> {
    const { woken, wake } = this.#group.rest();
    this.#wake = wake;
    const rested = new AbortController();
    await Promise.race([woken, this.#clock.sleep(Math.min(50, this.#policy.retryDelayMs), rested.signal)]);
    rested.abort(RESTED);
    wake();
  }
}
