import type { Random } from '@daybook/test-support';

/** Something that happens later, unless it is cancelled. */
export interface Timer {
  readonly at: number;
  readonly run: () => void;
  state: 'waiting' | 'ready' | 'over';
}

/** Until nothing is left that waits for no step: a tick comes once all promises have settled that could. A turn of the event loop would cost more than most steps. */
const drain = () => new Promise<void>((resolve) => process.nextTick(resolve));

/** How a feedPage of a run ended. */
export type Ended = 'done' | 'too many steps' | 'nothing left to do';

/**
 * Decides what happens next, and what time it is. Everything that a run waits for is a step here;
 * one step is picked at a time, and all that follows from it without waiting happens before the next is picked.
 */
export class Scheduler {
  /** Milliseconds since the run began. */
  now = 0;
  steps = 0;
  readonly trace: string[] = [];
  readonly #random: Random;
  readonly #ready: (() => void)[] = [];
  #timers: Timer[] = [];
  #nextDue = Number.POSITIVE_INFINITY;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Says what happened, as one line of the trace. */
  note(line: string): void {
    this.trace.push(`${this.now} ${line}`);
  }

  /** To be picked from now on, in any order with the other steps. */
  soon(run: () => void): void {
    this.#ready.push(run);
  }

  /** To be picked once the time has passed. @param ms milliseconds */
  later(ms: number, run: () => void): Timer {
    const timer: Timer = { at: this.now + ms, run, state: 'waiting' };
    this.#timers.push(timer);
    this.#nextDue = Math.min(this.#nextDue, timer.at);
    return timer;
  }

  /** The timer's time has come early. */
  fire(timer: Timer): void {
    if (timer.state !== 'waiting') return;
    timer.state = 'ready';
    this.soon(() => this.#runTimer(timer));
  }

  /** Picks steps until the run is done. Violations thrown by a step end it. */
  async run(isDone: () => boolean, maxSteps: number): Promise<Ended> {
    await drain();
    while (!isDone()) {
      if (this.steps >= maxSteps) return 'too many steps';
      if (!this.#prepare()) return 'nothing left to do';
      this.#take()();
      this.steps++;
      this.now += this.#random.below(4);
      await drain();
    }
    return 'done';
  }

  /** @returns false when neither a step nor a timer is left */
  #prepare(): boolean {
    if (this.#ready.length === 0) this.now = Math.max(this.now, this.#nextDue === Infinity ? 0 : this.#nextDue);
    if (this.now >= this.#nextDue) this.#releaseDue();
    return this.#ready.length > 0 || (this.#timers.length > 0 && this.#prepare());
  }

  #releaseDue(): void {
    const waiting: Timer[] = [];
    this.#nextDue = Number.POSITIVE_INFINITY;
    for (const timer of this.#timers) {
      if (timer.state !== 'waiting') continue;
      if (timer.at <= this.now) this.fire(timer);
      else {
        waiting.push(timer);
        this.#nextDue = Math.min(this.#nextDue, timer.at);
      }
    }
    this.#timers = waiting;
  }

  #runTimer(timer: Timer): void {
    if (timer.state === 'over') return;
    timer.state = 'over';
    timer.run();
  }

  #take(): () => void {
    const ready = this.#ready;
    const index = this.#random.below(ready.length);
    const step = ready[index] as () => void;
    ready[index] = ready[ready.length - 1] as () => void;
    ready.pop();
    return step;
  }
}
