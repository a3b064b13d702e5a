import type { Build, Builds } from '../ports/builds.ts';
import type { Clock } from '../ports/clock.ts';
import type { Subscription } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';

/** What following needs. */
export interface FollowOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between two looks when nothing is told; 1,000 when left out. */
  readonly pollMs?: number;
  /** The same while something is being built, of whose progress nothing tells; `pollMs` when left out. */
  readonly whileBuildingMs?: number;
}

/**
 * Tells of the builds there are: at once, whenever something may have changed, and now and then.
 * @param onBuilds one call at a time; one that fails is made again, and the 1st, 2nd, 4th, … failure in a row is logged. The
 *   signal is given when following stops
 */
export function followBuilds(
  builds: Pick<Builds, 'list' | 'watch'>,
  { clock, log, pollMs = 1000, whileBuildingMs = pollMs }: FollowOptions,
  onBuilds: (builds: readonly Build[], signal: AbortSignal) => Promise<void> | void,
): Subscription {
  const stopping = new AbortController();
  let rest = new AbortController();
  const watching = builds.watch(() => rest.abort());
  let failures = 0;
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pauseMs = pollMs;
      // Before the look: what changes while it is looked at is not missed.
      rest = new AbortController();
      try {
        const all = await builds.list();
        if (all.some(({ state }) => state === 'building')) pauseMs = whileBuildingMs;
        await onBuilds(all, stopping.signal);
        failures = 0;
      } catch (err) {
        failures++;
        if (Number.isInteger(Math.log2(failures)))
          log.warn({ err, failures }, 'builds could not be followed; retrying');
      }
      if (!stopping.signal.aborted) await clock.sleep(pauseMs, rest.signal);
    }
  }

  return {
    async stop() {
      stopping.abort();
      rest.abort();
      await watching.close();
      await running;
    },
  };
}
