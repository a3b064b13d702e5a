import type { z } from 'zod';
import { COMMAND_RECORD_TYPES } from '../messages/event.ts';
import type { Message, MessageUnion } from '../messages/message.ts';
import type { Decider } from './decider.ts';

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

/**
 * Ties a decider to the schemas of its messages; the compiler checks that they agree.
 *
 * @example
 * ```ts
 * export const account = aggregate({
 *   name: 'Account',
 *   commands: AccountCommand,
 *   events: AccountEvent,
 *   id: 'account_uuid',
 *   decider,
 * });
 * ```
 */
export function aggregate<State, Commands extends MessageUnion, Events extends MessageUnion>(definition: {
  name: string;
  commands: Commands;
  events: Events;
  id: string;
  decider: Decider<State, z.infer<Commands>, z.infer<Events>>;
}): Aggregate<State, z.infer<Commands>, z.infer<Events>> {
  return definition;
}

/** The types of all events that the streams of these aggregates have, with what Daybook records of commands. */
export function recordedTypesOf(aggregates: readonly Pick<Aggregate, 'events'>[]): readonly string[] {
  return [
    ...aggregates.flatMap(({ events }) => events.options.map(({ shape }) => shape.type.value)),
    ...COMMAND_RECORD_TYPES,
  ];
}
