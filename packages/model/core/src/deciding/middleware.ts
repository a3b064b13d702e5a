import type { CommandMetadata } from '../messages/command.ts';
import type { Annotations } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';
import type { Decision } from '../modelling/decider.ts';

/** A command as a middleware sees it: parsed, about to be decided. A frozen copy; what is decided can't be changed through it. */
export interface CommandToDecide {
  /** The name of the bounded context. */
  readonly context: string;
  /** The command's type, `RequestLoan`. */
  readonly type: string;
  /** The command's data, as its schema parsed it. */
  readonly data: unknown;
  readonly metadata: CommandMetadata;
  /** The stream of the aggregate that decides. */
  readonly streamId: string;
}

/**
 * Has the command decided, by the next middleware or, from the last one, by the aggregate.
 *
 * @param annotations stored in the metadata of every event that the command leads to, also of a recorded refusal. Of two
 * middlewares that give the same key, the one nearer to the decision wins. At most 16 keys, and 1,024 bytes as JSON, of all
 * middlewares together
 * @returns the decision, a frozen copy
 * @throws what the decider throws; Error when the annotations are too many or not texts, or when it is called a second time
 */
export type NextMiddleware = (annotations?: Annotations) => Promise<Decision<Message>>;

/**
 * An app's own code around every decision, in the command-service: to annotate events, to refuse commands, to measure.
 *
 * It returns what `next` returned, or a rejection of its own (`reject(code, message)`, with or without having called `next`),
 * which is recorded as the command's outcome like any other. A command may pass through it more than once, after a conflict
 * or a failure; a repeat of an answered command does not pass through it at all. When it throws `Unavailable`, the command
 * waits and is tried again for as long as it takes. When it throws anything else, the command is tried a few times more, and
 * then parked with a reason that names the middleware. Commands to the same aggregate wait for each other, so what takes long
 * here holds them up.
 *
 * @example
 * ```ts
 * const openingHours: CommandMiddleware = {
 *   name: 'opening-hours',
 *   async handle({ metadata }, next) {
 *     const hour = new Date(metadata.at).getUTCHours();
 *     if (hour < 8) return reject('closed', 'we open at 8:00 UTC');
 *     return next({ office: 'Berlin' });
 *   },
 * };
 * ```
 */
export interface CommandMiddleware {
  /** Names it in errors and logs. */
  readonly name: string;
  handle(command: CommandToDecide, next: NextMiddleware): Promise<Decision<Message>> | Decision<Message>;
}
