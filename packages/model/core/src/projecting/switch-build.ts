import { groupOfProjection } from '../modelling/groups.ts';
import type { Build, Builds } from '../ports/builds.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import { hasAll, isClose } from './builds.ts';

/** Milliseconds to wait for a build at a time, and so that writes to the live one wait; then it is tried again later. */
const PATIENCE_MS = 5000;
/** Between two looks, milliseconds. */
const PAUSE_MS = 20;

/**
 * Lets a build take the live one's place if it has caught up. What the live one has was appended before writes to it were
 * held, so before the end that the feed has then; once the new one has all up to there, nobody misses what he has seen.
 * @param signal ends the wait early
 * @returns whether it is live now. @throws Unavailable
 */
export async function switchWhenCaughtUp(
  build: Build,
  { builds, store, clock }: { builds: Builds; store: EventStore; clock: Clock },
  signal: AbortSignal,
): Promise<boolean> {
  const progress = () => store.groupProgress(groupOfProjection(build), build.context);
  async function reachesTheEnd(): Promise<boolean> {
    const { head } = await progress();
    const deadline = clock.now().getTime() + PATIENCE_MS;
    while (!signal.aborted && clock.now().getTime() < deadline) {
      const now = await progress();
      if (hasAll(now, head)) return true;
      if (now.aside > 0) return false;
      await clock.sleep(PAUSE_MS, signal);
    }
    return false;
  }

  if (!isClose(await progress())) return false;
  // Nothing is held for a build that nobody fills at the moment.
  if (!(await reachesTheEnd())) return false;
  return builds.switchTo(build, reachesTheEnd);
}
