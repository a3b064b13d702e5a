import type { CommandMetadata } from '../messages/command.ts';
import type { Message } from '../messages/message.ts';
import type { Rejection } from '../messages/rejection.ts';

/** What happened, or why not. No event at all: the command is accepted, and there was nothing to do. */
export type Decision<E extends Message> = readonly E[] | Rejection;

/** How an aggregate decides. Pure: no clock, no ids, no IO. */
export interface Decider<State, C extends Message, E extends Message> {
  /** Raise it when `evolve` or the state changes: snapshots that another version took are not used. 1 when left out. */
  readonly version?: number;
  /** Plain JSON, as every state: else no snapshots are taken of it. */
  readonly initial: State;
  decide(command: C, state: State, metadata: CommandMetadata): Decision<E>;
  evolve(state: State, event: E): State;
}

/** Tells a refusal from events. */
export function isRejection(decision: Decision<Message>): decision is Rejection {
  return 'rejected' in decision;
}
