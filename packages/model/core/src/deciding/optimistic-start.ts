import type { Message } from '../messages/message.ts';
import { isRejection } from '../modelling/decider.ts';
import { checkEvents } from './check-events.ts';
import type { ParsedCommand } from './parse-command.ts';

/** Commands of a type that are not tried after one of them found its stream begun. */
const PAUSE = 100;

/**
 * Guesses which commands start a stream: those that would be accepted where there is nothing. A wrong guess costs an append
 * that is refused; so a type that was wrong is not tried for a while.
 */
export class OptimisticStart {
  readonly #pauses = new Map<string, number>();

  /** @returns the first events of the command's stream, or undefined when there is likely to be one */
  firstEvents({ aggregate, command, metadata }: ParsedCommand): readonly Message[] | undefined {
    const pause = this.#pauses.get(command.type) ?? 0;
    if (pause > 0) {
      this.#pauses.set(command.type, pause - 1);
      return undefined;
    }
    try {
      const decision = aggregate.decider.decide(command, aggregate.decider.initial, metadata);
      if (isRejection(decision) || decision.length === 0) return undefined;
      checkEvents(aggregate, decision);
      return decision;
    } catch {
      // What it is worth shows where it is decided on what there is.
      return undefined;
    }
  }

  /** There was a stream. */
  wasWrong({ type }: Message): void {
    this.#pauses.set(type, PAUSE);
  }
}
