import type { z } from 'zod';
import type { Decider } from './decider.ts';
import type { Message, MessageUnion } from './message.ts';

/** One kind of aggregate: its messages, and how it decides. */
export interface Aggregate<State = unknown, C extends Message = Message, E extends Message = Message> {
  /** PascalCase, no dash: it is a part of the stream's name. */
  readonly name: string;
  readonly commands: MessageUnion;
  readonly events: MessageUnion;
  /** The field in every command's data that holds the aggregate's id. */
  readonly id: string;
  readonly decider: Decider<State, C, E>;
}

/** Ties a decider to the schemas of its messages; the compiler checks that they agree. */
export function aggregate<State, Commands extends MessageUnion, Events extends MessageUnion>(definition: {
  name: string;
  commands: Commands;
  events: Events;
  id: string;
  decider: Decider<State, z.infer<Commands>, z.infer<Events>>;
}): Aggregate<State, z.infer<Commands>, z.infer<Events>> {
  return definition;
}
