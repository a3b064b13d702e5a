import { randomUUID } from 'node:crypto';
import {
  type EventStore,
  type ExpectedRevision,
  eventIdOf,
  type NewEvent,
  type RecordedEvent,
  streamIdOf,
} from '@daybook/core';
import { eventually } from '../until.ts';

/** What the contract needs to know of an adapter. */
export interface EventStoreHarness {
  /** Connections of their own, as another process would have them. The contract closes it. */
  connect(): EventStore;
  /** A consumer that can be ended without a goodbye, and says what it has handled. */
  startKillableConsumer(options: KillableConsumerOptions): Promise<{ kill(): Promise<void> }>;
  /** Longer than the server waits for a consumer that says nothing, milliseconds. */
  readonly slowMs: number;
  /** The server, where there is one, to crash and start again. */
  readonly server?: { kill(): Promise<void>; start(): Promise<void> };
  /** A store on a server that takes connections and never answers; its deadline is 500 ms. */
  connectToMute?(port: number): EventStore;
}

/** What a consumer in a process of its own is told. */
export interface KillableConsumerOptions {
  readonly group: string;
  readonly context: string;
  /** Called with `<entity>@<revision>` of each event it has handled. */
  readonly onHandled: (name: string) => void;
}

/** One thing that every adapter must do. */
export interface ContractCase {
  readonly section: string;
  readonly name: string;
  run(harness: EventStoreHarness): Promise<void>;
}

/** A context of a case's own: its feed and its groups have nothing of the others. */
export function freshContext(): string {
  return `test${randomUUID().replaceAll('-', '')}`;
}

/** Events of one command, ready to be appended. */
export function newEvents(count: number, data: unknown = {}): NewEvent[] {
  const commandId = randomUUID();
  const metadata = {
    command_id: commandId,
    causation_id: commandId,
    correlation_id: commandId,
    schema_version: 1,
    recorded_at: '2026-01-01T00:00:00.000Z',
  };
  return Array.from({ length: count }, (_, n) => ({ id: eventIdOf(commandId, n), type: 'Happened', data, metadata }));
}

/** A store with the short words that the cases use. */
export class Scene {
  readonly store: EventStore;
  readonly context = freshContext();

  constructor(store: EventStore) {
    this.store = store;
  }

  stream(entity: string | number): string {
    return streamIdOf(this.context, 'Thing', String(entity));
  }

  append(entity: string | number, expected: ExpectedRevision, count = 1): Promise<{ revision: number }> {
    return this.store.append(this.stream(entity), expected, newEvents(count));
  }

  /** Entities 0 to `entities` - 1, each with so many events, interleaved. */
  async appendMany(entities: number, revisions: number): Promise<void> {
    for (let revision = 0; revision < revisions; revision++) {
      await Promise.all(
        Array.from({ length: entities }, (_, n) => this.append(n, revision === 0 ? 'no-stream' : revision - 1)),
      );
    }
  }

  /** The feed once it has so many events: a category of EventStoreDB follows its streams a moment later. */
  feedOf(count: number, page?: number): Promise<RecordedEvent[]> {
    return eventually(`${count} events in the feed`, async () => {
      const events = await this.feed(page);
      return events.length >= count && events;
    });
  }

  /** The whole feed as it is, read in pages. */
  async feed(page = 1000): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (;;) {
      const next = await this.store.readFeed(this.context, events.at(-1)?.position ?? 0, page);
      if (next.length === 0) return events;
      events.push(...next);
    }
  }
}

/** `<entity>@<revision>`. */
export function nameOf({ streamId, revision }: RecordedEvent): string {
  return `${streamId.split('-').slice(2).join('-')}@${revision}`;
}

/** Runs a case on a store of its own, which is closed afterwards. */
export async function withScene(harness: EventStoreHarness, play: (scene: Scene) => Promise<void>): Promise<void> {
  const store = harness.connect();
  try {
    await play(new Scene(store));
  } finally {
    await store.close();
  }
}
