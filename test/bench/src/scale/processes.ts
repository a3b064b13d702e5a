import { setTimeout as sleep } from 'node:timers/promises';
import type { SupervisedService } from '@daybook/launcher';
import type { Daybook } from '../daybook.ts';
import { writtenBy } from '../process-figures.ts';
import { type Done, haveTheirShare, sharesOf } from './shares.ts';

/** Those that share work with others of their kind. */
export const SHARING = ['command-service', 'projector', 'process-manager'] as const;
export type Sharing = (typeof SHARING)[number];

/** Between two looks, milliseconds; a share is that of the last second. */
const LOOK_MS = 250;
const LOOKS = 4;
/** A newcomer that has no share by then gets none. */
const PATIENCE_MS = 30_000;

/** The processes of each service, the oldest first. */
export class Processes {
  readonly #system: Daybook;
  readonly #running = new Map<Sharing, SupervisedService[]>();

  constructor(system: Daybook) {
    this.#system = system;
    for (const name of SHARING)
      this.#running.set(
        name,
        system.services.filter((one) => one.name === name),
      );
  }

  of(name: Sharing): readonly SupervisedService[] {
    return this.#running.get(name) ?? [];
  }

  /** What each process of a service has written so far. */
  done(name: Sharing): Done {
    return Object.fromEntries(
      this.of(name).flatMap((one) => (one.pid === undefined ? [] : [[one.name, writtenBy(one.pid)]])),
    );
  }

  /**
   * Starts more of each, under load.
   * @returns seconds, from the start until the new ones do at least half of their share of the work
   */
  async grow(size: number): Promise<Record<Sharing, number>> {
    const took = SHARING.map(async (name) => {
      const since = performance.now();
      const newcomers = Array.from({ length: size - this.of(name).length }, () =>
        // One that is killed is to stay away.
        this.#system.startAnother(name, { maxRestarts: 0 }),
      );
      const started = await Promise.all(newcomers);
      this.#running.set(name, [...this.of(name), ...started]);
      return [name, (await this.#untilShared(name, started, since)) / 1000];
    });
    return Object.fromEntries(await Promise.all(took)) as Record<Sharing, number>;
  }

  async #untilShared(name: Sharing, newcomers: readonly SupervisedService[], since: number): Promise<number> {
    const names = newcomers.map((one) => one.name);
    const looks = [this.done(name)];
    while (performance.now() - since < PATIENCE_MS) {
      await sleep(LOOK_MS);
      looks.push(this.done(name));
      const before = looks.at(-1 - LOOKS);
      if (before !== undefined && haveTheirShare(sharesOf(before, looks.at(-1) as Done), names)) break;
    }
    return performance.now() - since;
  }

  /** Kills the youngest process of a service, which does not come back. */
  kill(name: Sharing): void {
    this.#running.get(name)?.pop()?.kill('SIGKILL');
  }

  /** Stops all but the first of each. */
  async shrink(): Promise<void> {
    for (const name of SHARING) {
      await Promise.all(
        this.of(name)
          .slice(1)
          .map((one) => one.stop()),
      );
      this.#running.set(name, this.of(name).slice(0, 1));
    }
  }
}
