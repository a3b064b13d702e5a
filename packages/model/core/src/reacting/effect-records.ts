import type { EventMetadata, NewEvent, RecordedEvent } from '../messages/event.ts';
import { RevisionConflict } from '../messages/fault.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import type { EventHandler } from '../modelling/event-handler.ts';
import type { EventStore } from '../ports/event-store.ts';
import { readAll } from './read-all.ts';

/** Where the effects of an entity are recorded: a stream of a context of its own, so that no subscription sees it. */
export function effectStreamOf(handler: EventHandler, streamId: string): string {
  const { context, entityId } = parseStreamId(streamId);
  return streamIdOf(`effects_${context}`, handler.name, entityId);
}

/** What one event handler has done about one entity, as the store has it on record. */
export class EffectRecords {
  readonly #store: EventStore;
  readonly #stream: string;
  #recorded: readonly RecordedEvent[] = [];

  private constructor(store: EventStore, stream: string) {
    this.#store = store;
    this.#stream = stream;
  }

  /** @throws Unavailable */
  static async read(store: EventStore, stream: string): Promise<EffectRecords> {
    const records = new EffectRecords(store, stream);
    await records.#read();
    return records;
  }

  /** Whether the effect was carried out. */
  has(id: string): boolean {
    return this.#recorded.some((record) => record.id === id);
  }

  /** Records it, unless another of the handler's consumers did meanwhile. @throws Unavailable */
  async add(record: NewEvent): Promise<void> {
    while (!this.has(record.id)) {
      const last = this.#recorded.at(-1);
      try {
        await this.#store.append(this.#stream, last?.revision ?? 'no-stream', [record]);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
      }
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    this.#recorded = [...this.#recorded, ...(await readAll(this.#store, this.#stream, this.#recorded.length))];
  }
}

/** What a record says: stored for ever, add optional fields, never rename. To whom, and what, stays out: it may be personal. */
export function recordOf(
  { id, kind, index }: { id: string; kind: string; index?: number },
  handler: EventHandler,
  event: RecordedEvent,
  at: string,
): NewEvent {
  const metadata: EventMetadata = {
    command_id: id,
    causation_id: event.id,
    correlation_id: event.metadata.correlation_id,
    actor: handler.name,
    traceparent: event.metadata.traceparent,
    schema_version: 1,
    recorded_at: at,
  };
  const about = { event_id: event.id, event_type: event.type };
  if (index === undefined) return { id, type: 'MailSent', data: about, metadata };
  return { id, type: 'EffectCarriedOut', data: { ...about, kind, index }, metadata };
}
