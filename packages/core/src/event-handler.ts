import type { RecordedEvent } from './event.ts';
import type { Message } from './message.ts';
import type { Mail } from './ports/mailer.ts';
import type { Fold, PartsOf } from './projection.ts';

/**
 * Turns events into side effects outside the system. Pure: it says which mail is due, the event-handler service sends it.
 * It sees each event once in effect, at its time: neither a repeat nor a rebuild of read models makes it act again.
 */
export interface EventHandler {
  /** PascalCase. */
  readonly name: string;
  /** The events it reacts to; it sees no others. */
  readonly reactsTo: readonly string[];
  /** What it must know of the entity beside the event, by aggregate. */
  readonly folds: Readonly<Record<string, Fold>>;
  /** @returns the mail that the event is a reason for, if it is one */
  mail(event: RecordedEvent, parts: Readonly<Record<string, unknown>>): Mail | undefined;
}

/** Ties the mail to the events and the folds it is written from. */
export function eventHandler<E extends Message, const Folds extends Record<string, Fold>>(definition: {
  name: string;
  reactsTo: readonly E['type'][];
  folds: Folds;
  mail(event: RecordedEvent<E>, parts: PartsOf<Folds>): Mail | undefined;
}): EventHandler {
  return definition as EventHandler;
}
