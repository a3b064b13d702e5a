import type { RecordedEvent } from './event.ts';
import type { Message } from './message.ts';

/** Turns events into follow-up commands of the same bounded context. Pure, and the same for the same event, always. */
export interface ProcessManager<E extends Message = Message, C extends Message = Message> {
  readonly name: string;
  /** The events it reacts to; it sees no others. */
  readonly reactsTo: readonly E['type'][];
  react(event: RecordedEvent<E>): readonly C[];
}

/** Ties the reaction to the events it is for. */
export function processManager<E extends Message, C extends Message>(definition: ProcessManager<E, C>): ProcessManager {
  return definition;
}
