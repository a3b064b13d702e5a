import type { GroupSubscription, RecordedEvent, SubscriptionOptions } from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import type { EventLog } from './event-log.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** How often it is looked at, milliseconds. */
const LOOK_MS = 60;

/**
 * The groups of the in-memory adapter itself, as the embedded mode uses them, in place of the simulated ones.
 * Only their handlers meet the network: the adapter shares memory with its consumers.
 */
export class GroupsInMemory {
  readonly #store: InMemoryEventStore;
  readonly #log: EventLog;
  readonly #context: string;
  readonly #scheduler: Scheduler;
  readonly #names = new Set<string>();
  #idleAt = -1;

  constructor(context: string, log: EventLog, scheduler: Scheduler, { clock }: Process) {
    this.#context = context;
    this.#log = log;
    this.#scheduler = scheduler;
    this.#store = new InMemoryEventStore({ clock });
    this.#look();
  }

  /** The groups get what the log got. */
  add(events: readonly RecordedEvent[]): void {
    const [first] = events;
    if (first === undefined) return;
    const expected = first.revision === 0 ? 'no-stream' : first.revision - 1;
    void this.#store.append(first.streamId, expected, events);
  }

  /** A consumer that dies with its process. */
  async subscribe(process: Process, options: SubscriptionOptions): Promise<GroupSubscription> {
    this.#names.add(options.group);
    const consumer = await this.#store.subscribe({ ...options, batchSize: 4, maxAttempts: 3, retryDelayMs: 40 });
    process.onEnd.push(() => consumer.kill());
    if (!process.alive) consumer.kill();
    return consumer;
  }

  /** A person has everything that is parked tried again. */
  replay(): void {
    for (const group of this.#names) void this.#store.replayParked(group, this.#context);
  }

  /** Whether all groups had finished when they were last looked at, and nothing was appended since. */
  get idle(): boolean {
    return this.#idleAt === this.#log.head;
  }

  #look(): void {
    this.#scheduler.later(LOOK_MS, () => {
      const { head } = this.#log;
      void Promise.all([...this.#names].map((group) => this.#store.groupStatus(group, this.#context))).then((all) => {
        const idle = all.every(({ lag, parked, held }) => lag + parked + held === 0);
        this.#idleAt = idle ? head : -1;
      });
      this.#look();
    });
  }
}
