import { setMaxListeners } from 'node:events';
import type { FastifyReply } from 'fastify';
import { problem, sendProblem } from './problem.ts';

/** A request that waits. */
export interface Wait {
  /** Aborted when the time is over, the client has gone, or the service stops. */
  readonly over: AbortSignal;
  /** To be called when it waits no longer. */
  end(): void;
}

/** The requests that wait for something, so that there are never too many, and none outlives its client. */
export class Waits {
  readonly #max: number;
  readonly #ends = new Set<() => void>();

  /** @param max how many may wait at once */
  constructor(max: number) {
    this.#max = max;
  }

  /** @param ms until its time is over; left out: never. @returns undefined when there are too many */
  begin({ raw }: FastifyReply, ms?: number): Wait | undefined {
    if (this.#ends.size >= this.#max) return undefined;
    const controller = new AbortController();
    // One for each read model that is waited for, which may be more than the ten that Node takes for a leak.
    setMaxListeners(0, controller.signal);
    const abort = () => controller.abort();
    const timer = ms === undefined ? undefined : setTimeout(abort, ms);
    raw.once('close', abort);
    if (raw.destroyed) abort();
    this.#ends.add(abort);
    return {
      over: controller.signal,
      end: () => {
        clearTimeout(timer);
        raw.off('close', abort);
        this.#ends.delete(abort);
      },
    };
  }

  /** How many wait. */
  get size(): number {
    return this.#ends.size;
  }

  /** Ends all waits; for when the service stops. */
  endAll(): void {
    for (const end of [...this.#ends]) end();
  }
}

/** Answers a request that may not wait because too many do. @param what they wait for */
export function answerTooMany(reply: FastifyReply, what: string): FastifyReply {
  return sendProblem(reply.header('retry-after', '1'), problem(503, 'too-many-waiting', `too many ${what}; try again`));
}
