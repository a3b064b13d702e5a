import {
  type EventStore,
  partsOf,
  type RecordedEvent,
  RevisionConflict,
  type Subscription,
  type SubscriptionOptions,
} from '@daybook/core';

/** An event store in this process's memory, for tests of what is built on the port. Positions count all contexts together. */
export class InMemoryEventStore implements EventStore {
  readonly #log: RecordedEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #groups = new Map<string, { checkpoint: number; wake: () => void }>();

  async append(...[streamId, expectedRevision, events]: Parameters<EventStore['append']>) {
    const stream = this.#streams.get(streamId) ?? [];
    const expected = expectedRevision === 'no-stream' ? -1 : expectedRevision;
    const actual = stream.length - 1;
    if (actual !== expected) {
      const same = events.every(({ id }, index) => stream[expected + 1 + index]?.id === id);
      if (!same) throw new RevisionConflict(streamId, expectedRevision, actual);
      return { revision: expected + events.length };
    }
    for (const event of events) {
      const recorded = { ...structuredClone(event), streamId, revision: stream.length, position: this.#log.length + 1 };
      stream.push(recorded);
      this.#log.push(recorded);
    }
    this.#streams.set(streamId, stream);
    for (const { wake } of this.#groups.values()) wake();
    return { revision: stream.length - 1 };
  }

  async read(streamId: string, fromRevision: number, limit: number) {
    return (this.#streams.get(streamId) ?? []).slice(fromRevision, fromRevision + limit);
  }

  async readFeed(context: string, afterPosition: number, limit: number) {
    const feed = this.#log.filter(
      ({ streamId, position }) => position > afterPosition && partsOf(streamId).context === context,
    );
    return feed.slice(0, limit);
  }

  /** One consumer a group; an event that fails is delivered again without end. */
  async subscribe({ group, context, handle, batchSize = 100 }: SubscriptionOptions): Promise<Subscription> {
    const state = this.#groups.get(group) ?? { checkpoint: 0, wake() {} };
    this.#groups.set(group, state);
    let stopped = false;
    const running = (async () => {
      while (!stopped) {
        const events = await this.readFeed(context, state.checkpoint, batchSize);
        const last = events.at(-1);
        if (last === undefined) {
          await new Promise<void>((resolve) => {
            state.wake = resolve;
          });
          continue;
        }
        await handle(events).then(
          () => {
            state.checkpoint = last.position;
          },
          () => new Promise((resolve) => setTimeout(resolve, 10)),
        );
      }
    })();
    return {
      async stop() {
        stopped = true;
        state.wake();
        await running;
      },
    };
  }

  async lag(group: string, context: string) {
    return (await this.readFeed(context, this.#groups.get(group)?.checkpoint ?? 0, Number.MAX_SAFE_INTEGER)).length;
  }

  async listParked() {
    return [];
  }

  async ping() {}

  async close() {}
}
