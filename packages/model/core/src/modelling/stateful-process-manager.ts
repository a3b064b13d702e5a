import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';

/**
 * A process manager that remembers: what belongs together by `correlate` is an instance, whose state is the fold of its
 * events, of any streams of the context, in feed order. Pure, and the same for the same events, always.
 */
export interface StatefulProcessManager<State = unknown, E extends Message = Message, C extends Message = Message> {
  /** PascalCase. Never change it once it was deployed: the ids of its commands depend on it. */
  readonly name: string;
  /**
   * Raise it when `correlate`, `evolve` or the state changes: every instance is folded anew from the first event. It reacts
   * only to events that the version before had not come to.
   */
  readonly version: number;
  /** The events it is told of; `CommandRejected` may be one. */
  readonly reactsTo: readonly E['type'][];
  /** Of these, the ones that begin an instance. Any other event of an instance that was never begun is left out. */
  readonly startedBy: readonly E['type'][];
  /**
   * Which events it acts on when it is new in a system that has some: those that come after `daybook migrate` was run with
   * it, or all. Its state counts all events either way.
   * @default 'now'
   */
  readonly from?: 'now' | 'beginning';
  /** @returns the id of the instance that the event belongs to, a text of 1 to 200 characters; undefined: to none */
  correlate(event: RecordedEvent<E>): string | undefined;
  /** Plain JSON, as every state. */
  readonly initial: State;
  evolve(state: State, event: RecordedEvent<E>): State;
  /** @param state with the event in it. @returns the commands that are due because of the event, of the same context */
  react(state: State, event: RecordedEvent<E>): readonly C[];
  /** Whether the instance has ended: it sees no more events. */
  isOver?(state: State): boolean;
}
