import { type EventStore, eventIdOf, type NewEvent, RevisionConflict } from '@daybook/core';
import { type LogEvent, ParkedLog } from './parked-log.ts';

/** Events in one append: far below the server's limit of 1 MB, also when each has a long stack as its reason. */
const MAX_EVENTS = 100;

/** The category of the streams of a context's groups. Not the context itself: what they record is none of its feed. */
export function parkedCategoryOf(context: string): string {
  return `parked_${context}`;
}

/** The stream that holds what a group has set aside. @param group as EventStoreDB can bear it */
export function parkedStreamOf(context: string, group: string): string {
  return `${parkedCategoryOf(context)}-${group}`;
}

/**
 * A group's own stream, and its fold as far as it was read. The stream's category is `parked_<context>`, so that it isn't
 * in the context's feed. All appends name the expected revision: what is decided on the fold is decided on the latest.
 */
export class ParkedStream {
  readonly #store: Pick<EventStore, 'append' | 'read'>;
  readonly #streamId: string;
  /** A part of the ids: the server would take the same from another writer for a repetition, and both would think it theirs. */
  readonly #writer: string;
  readonly log = new ParkedLog();
  #revision = -1;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<EventStore, 'append' | 'read'>, options: { context: string; group: string; writer: string }) {
    this.#store = store;
    this.#streamId = parkedStreamOf(options.context, options.group);
    this.#writer = options.writer;
  }

  /** Reads what was recorded since. @throws Unavailable */
  catchUp(): Promise<void> {
    return this.#alone(() => this.#read());
  }

  /**
   * Records what the latest fold calls for, until it calls for nothing more.
   * @param decide what to record; asked again after every append, and after everything that others recorded
   * @returns what was recorded. @throws Unavailable
   */
  record(decide: (log: ParkedLog) => readonly LogEvent[]): Promise<readonly LogEvent[]> {
    return this.#alone(async () => {
      const recorded: LogEvent[] = [];
      for (;;) {
        await this.#read();
        const events = decide(this.log).slice(0, MAX_EVENTS);
        if (events.length === 0) return recorded;
        if (await this.#append(events)) recorded.push(...events);
      }
    });
  }

  async #append(events: readonly LogEvent[]): Promise<boolean> {
    const at = new Date().toISOString();
    const place = `${this.#streamId}@${this.#revision}/${this.#writer}`;
    const metadata = {
      command_id: place,
      causation_id: place,
      correlation_id: place,
      actor: this.#writer,
      schema_version: 1,
      recorded_at: at,
    };
    // The content is a part of the id as well: of a repetition the server ignores a changed payload silently.
    const stored = events.map(
      (event, index): NewEvent => ({ ...event, id: eventIdOf(`${place}/${JSON.stringify(event)}`, index), metadata }),
    );
    try {
      await this.#store.append(this.#streamId, this.#revision === -1 ? 'no-stream' : this.#revision, stored);
      return true;
    } catch (error) {
      if (error instanceof RevisionConflict) return false;
      throw error;
    }
  }

  async #read(): Promise<void> {
    for (;;) {
      const page = await this.#store.read(this.#streamId, this.#revision + 1, 1000);
      for (const event of page) {
        this.log.apply(event as unknown as LogEvent);
        this.#revision = event.revision;
      }
      if (page.length < 1000) return;
    }
  }

  /** One reader at a time, or events would be applied twice. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#busy.then(work);
    this.#busy = mine.catch(() => {});
    return mine;
  }
}
