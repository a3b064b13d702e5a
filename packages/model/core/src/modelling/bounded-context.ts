import type { Message, MessageSchema } from '../messages/message.ts';
import type { Aggregate } from './aggregate.ts';
import type { Deadline } from './deadline.ts';
import type { EventHandler } from './event-handler.ts';
import { isStateful, type ProcessManager } from './process-manager.ts';
import type { Projection } from './projection.ts';
import type { StatefulProcessManager } from './stateful-process-manager.ts';

/** A bounded context, as data: all that the services need to know of a domain. */
export interface BoundedContext<C extends Message = Message> {
  /** lower case, no dash: the category of its streams, and the first word of its routing keys. */
  readonly name: string;
  readonly aggregates: readonly Aggregate[];
  readonly processManagers: readonly ProcessManager[];
  /** The process managers that remember. */
  readonly statefulProcessManagers: readonly StatefulProcessManager[];
  /** The process managers that wait. */
  readonly deadlines: readonly Deadline[];
  readonly projections: readonly Projection[];
  readonly eventHandlers: readonly EventHandler[];
  /** Where each command belongs, by its type. */
  readonly commands: ReadonlyMap<string, { readonly aggregate: Aggregate; readonly schema: MessageSchema }>;
  /** Only a type: the union of the context's commands. */
  readonly Command?: C;
}

/** The commands that a context understands. */
export type CommandOf<B> = B extends BoundedContext<infer C> ? C : never;

type CommandsOf<A> = A extends { decider: { decide(command: infer C extends Message, ...rest: never[]): unknown } }
  ? C
  : never;

/**
 * Puts a context together.
 * @throws Error when a name can't be a part of a stream's name or of a routing key, or a command belongs to two aggregates
 *
 * @example
 * ```ts
 * export const loans = boundedContext({
 *   name: 'loans',
 *   aggregates: [loanRequest, loanReview],
 *   processManagers: [reviewLoanRequest],
 *   projections: [loanApplications],
 * });
 * ```
 */
export function boundedContext<const A extends readonly Aggregate[]>(definition: {
  name: string;
  aggregates: A;
  processManagers?: readonly (ProcessManager | StatefulProcessManager)[];
  deadlines?: readonly Deadline[];
  projections?: readonly Projection[];
  eventHandlers?: readonly EventHandler[];
}): BoundedContext<CommandsOf<A[number]>> {
  const { name, aggregates, processManagers = [], deadlines = [], projections = [], eventHandlers = [] } = definition;
  const commands = new Map<string, { aggregate: Aggregate; schema: MessageSchema }>();
  for (const part of [name, ...aggregates.map((one) => one.name)]) {
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(part))
      throw new Error(`'${part}' can't be a part of a stream name: letters and digits can`);
  }
  for (const one of aggregates) {
    for (const schema of one.commands.options) {
      const type = schema.shape.type.value;
      if (commands.has(type)) throw new Error(`${name}: the command ${type} belongs to two aggregates`);
      if (!/^\w+$/.test(type)) throw new Error(`${name}: '${type}' can't be a word of a routing key`);
      commands.set(type, { aggregate: one, schema });
    }
  }
  return {
    name,
    aggregates,
    processManagers: processManagers.filter((one): one is ProcessManager => !isStateful(one)),
    statefulProcessManagers: processManagers.filter(isStateful),
    deadlines,
    projections,
    eventHandlers,
    commands,
  };
}
