import type { Clock } from '@daybook/core';
import type { Random } from '@daybook/test-support';
import type { Scheduler } from './scheduler.ts';

/** Where virtual time starts. */
const EPOCH = Date.UTC(2026, 0, 1);

/** How far a machine's clock may be off, milliseconds. */
const MAX_SKEW_MS = 2000;

/** One life of a service: from its start to its crash or stop. Nothing of it goes on after a crash. */
export class Process {
  readonly name: string;
  /** Whether it may be killed; clients are not. */
  readonly mortal: boolean;
  readonly clock: Clock;
  alive = true;
  /** What its servers do when it is gone. */
  readonly onEnd: (() => void)[] = [];
  readonly #scheduler: Scheduler;

  constructor(name: string, scheduler: Scheduler, random: Random, mortal = true) {
    this.name = name;
    this.mortal = mortal;
    this.#scheduler = scheduler;
    const skew = random.between(-MAX_SKEW_MS, MAX_SKEW_MS);
    this.clock = {
      now: () => new Date(EPOCH + skew + scheduler.now),
      sleep: (ms, signal) => this.#sleep(ms, signal),
      random: () => random.next(),
    };
  }

  /** Killed, or stopped: its connections close, and none of its waits ever ends. */
  end(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const close of this.onEnd) close();
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const early = () => this.#scheduler.fire(timer);
      const timer = this.#scheduler.later(ms, () => {
        signal?.removeEventListener('abort', early);
        if (this.alive) resolve();
      });
      if (signal?.aborted) early();
      else signal?.addEventListener('abort', early);
    });
  }
}
