import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';

/**
 * An app's own consumer of a context's events, for any store that can keep a number beside its data. It gets every event
 * in feed order, in batches, refused commands (`CommandRejected`) among them.
 */
export interface FeedConsumer {
  /** Unique in the app. Letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** The name of the bounded context whose events it gets. */
  readonly context: string;
  /** The types of events that it wants; all when left out. */
  readonly types?: readonly string[];
  readonly checkpoint: {
    /**
     * The position up to which events are handled, as it was stored last; 0: none was yet. Asked at the start, and after
     * each failure.
     */
    load(): Promise<number>;
  };
  /**
   * Handles a batch, and stores `position` together with what it writes, in one transaction of its store: then each event
   * counts once, whatever dies. Where the store can't do that, an event may come again after a crash. A process that is cut
   * off from the read store may still be at a batch when another takes over, so store the position only where the stored one
   * is what this process loaded or stored last.
   *
   * @param events some, in feed order; none when only the position moved on, over events of other types
   * @param position of the last event that is handled with this batch
   * @throws Unavailable when its store is away: the consumer waits. Anything else is taken for a fault of an event: the
   * events are then handed over one by one, and the consumer stands still at the one that fails, trying it again and again
   */
  handle(events: readonly RecordedEvent[], position: number): Promise<void>;
}

/**
 * Defines a consumer for `defineApp({ consumers: [...] })`, run by the projector service. One process at a time runs it, the
 * others stand by.
 *
 * @example
 * ```ts
 * const search = consumer<LoanRequested>({
 *   name: 'search-index',
 *   context: 'loans',
 *   types: ['LoanRequested'],
 *   checkpoint: { load: () => index.readPosition() },
 *   handle: (events, position) => index.write(events.map(documentOf), { position }),
 * });
 * ```
 */
export function consumer<E extends Message = Message>(
  definition: Omit<FeedConsumer, 'types' | 'handle'> & {
    readonly types?: readonly E['type'][];
    handle(events: readonly RecordedEvent<E>[], position: number): Promise<void>;
  },
): FeedConsumer {
  return definition as FeedConsumer;
}
