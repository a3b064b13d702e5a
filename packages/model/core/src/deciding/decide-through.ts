import { Stopping } from '../concurrency/backoff.ts';
import type { Annotations } from '../messages/event.ts';
import { afterFault } from '../messages/fault.ts';
import type { Message } from '../messages/message.ts';
import type { Rejection } from '../messages/rejection.ts';
import { unstorableIn } from '../messages/storable.ts';
import type { Decision } from '../modelling/decider.ts';
import { withAnnotations } from './annotations.ts';
import { frozenCopy } from './frozen-copy.ts';
import type { CommandMiddleware, CommandToDecide, NextMiddleware } from './middleware.ts';
import type { ParsedCommand } from './parse-command.ts';

/** What was decided, and what the middlewares want to be known about it. */
export interface AnnotatedDecision {
  readonly decision: Decision<Message>;
  readonly annotations: Annotations | undefined;
}

/** Something that a middleware did: it counts as a bug, like one of a decider. */
class MiddlewareFailed extends Error {
  constructor(name: string, cause: unknown) {
    super(`the middleware '${name}' failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'MiddlewareFailed';
    // The park reason has the stack alone: the line of the app's own code has to be in it.
    if (cause instanceof Error)
      this.stack = `${this.name}: ${this.message}\n  caused by ${cause.stack ?? cause.message}`;
  }
}

/**
 * Decides a command through the app's middlewares, the first one outermost.
 * @param context the name of the bounded context
 * @param decide what the aggregate says
 * @throws what `decide` throws; Unavailable when a middleware does; Error that names the middleware otherwise
 */
export async function decideThrough(
  middlewares: readonly CommandMiddleware[],
  context: string,
  { command: { type, data }, metadata, streamId }: ParsedCommand,
  decide: () => Decision<Message>,
): Promise<AnnotatedDecision> {
  const command: CommandToDecide = frozenCopy({ context, type, data, metadata, streamId });
  let annotations: Annotations = {};
  /** What was decided, and the copy of it that middlewares see. */
  let decided: { readonly decision: Decision<Message>; readonly shown: Decision<Message> } | undefined;

  async function pass(index: number): Promise<Decision<Message>> {
    const middleware = middlewares[index];
    if (middleware === undefined) {
      const decision = decide();
      decided = { decision, shown: frozenCopy(decision) };
      return decided.shown;
    }
    const annotate = (more: Annotations) => {
      annotations = withAnnotations(annotations, more);
    };
    return passThrough(middleware, command, annotate, () => pass(index + 1));
  }

  const returned = await pass(0);
  const decision = returned === decided?.shown ? decided.decision : returned;
  return { decision, annotations: Object.keys(annotations).length === 0 ? undefined : annotations };
}

async function passThrough(
  middleware: CommandMiddleware,
  command: CommandToDecide,
  annotate: (more: Annotations) => void,
  goOn: () => Promise<Decision<Message>>,
): Promise<Decision<Message>> {
  let called = false;
  let fromNext: Decision<Message> | undefined;
  /** What went wrong further in: not this middleware's doing. */
  let within: { readonly error: unknown } | undefined;
  const next: NextMiddleware = async (annotations = {}) => {
    if (called) throw new Error('it called next a second time');
    called = true;
    annotate(annotations);
    try {
      fromNext = await goOn();
      return fromNext;
    } catch (error) {
      within = { error };
      throw error;
    }
  };
  try {
    const returned = await middleware.handle(command, (annotations) => {
      const decision = next(annotations);
      // Not an unhandled rejection, should the middleware not wait for it.
      decision.catch(() => {});
      return decision;
    });
    if (returned !== fromNext || returned === undefined) requireRefusal(returned);
    return returned;
  } catch (error) {
    if (error === within?.error || error instanceof Stopping || afterFault(error) === 'wait') throw error;
    throw new MiddlewareFailed(middleware.name, error);
  }
}

/** @throws Error when it is no rejection that can be recorded */
function requireRefusal(returned: unknown): asserts returned is Rejection {
  const { rejected, code, message } = (returned ?? {}) as Partial<Rejection>;
  const texts = [code, message];
  const isRefusal = rejected === true && texts.every((text) => typeof text === 'string' && text !== '');
  if (!isRefusal) throw new Error('it has to return what next returned, or a rejection made by reject(code, message)');
  if (unstorableIn(texts).length > 0) throw new Error('its rejection contains NUL or half a surrogate pair');
}
