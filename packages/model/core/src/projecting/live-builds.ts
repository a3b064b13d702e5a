import { NotLive, Unavailable } from '../messages/fault.ts';
import type { Projection } from '../modelling/projection.ts';
import type { Build, Builds } from '../ports/builds.ts';
import type { ReadStore } from '../ports/read-store.ts';
import { projectionOf } from './builds.ts';
import { type FollowOptions, followBuilds } from './follow-builds.ts';

/** A build may have been switched from between being looked up and being read; more often than this, something is wrong. */
const MAX_LOOKS = 5;

/** Which build of each projection answers. */
export interface LiveBuilds {
  /**
   * Reads from the live build, whichever that is; again, when another takes its place meanwhile.
   * @param read given the projection as it is stored: the code's own where the version is the same
   * @throws what `read` throws; Unavailable
   */
  read<Result>(projection: Projection, read: (live: Projection) => Promise<Result>): Promise<Result>;
  /** The live build as far as it is known; the projection itself before anything is. */
  current(projection: Projection): Projection;
  /** Calls back when another build has become the live one, of whichever projection. @returns call it to hear no more */
  onSwitch(listener: () => void): () => void;
  stop(): Promise<void>;
}

/** Knows the live builds, by notification and by looking now and then. */
export function followLiveBuilds(builds: Builds, options: FollowOptions): LiveBuilds {
  let live = new Map<string, Build>();
  const listeners = new Set<() => void>();
  const following = followBuilds(builds, options, learn);

  function learn(all: readonly Build[]): void {
    const before = live;
    live = new Map(all.filter(({ state }) => state === 'live').map((build) => [build.name, build]));
    const switched = [...live].some(([name, { version, build }]) => {
      const old = before.get(name);
      return old?.version !== version || old.build !== build;
    });
    if (switched) for (const listener of [...listeners]) listener();
  }

  async function lookUp({ name }: Projection): Promise<Build> {
    if (!live.has(name)) learn(await builds.list());
    const build = live.get(name);
    if (build === undefined) throw new Unavailable(`the read model ${name}`, 'no build of it is live: run migrate');
    return build;
  }

  return {
    async read(projection, read) {
      for (let look = 1; ; look++) {
        const build = await lookUp(projection);
        try {
          return await read(projectionOf(build, [projection]) ?? build.stored);
        } catch (error) {
          if (!(error instanceof NotLive)) throw error;
          if (look === MAX_LOOKS) throw new Unavailable(`the read model ${projection.name}`, error);
          learn(await builds.list());
        }
      }
    },
    current(projection) {
      const build = live.get(projection.name);
      return build === undefined ? projection : (projectionOf(build, [projection]) ?? build.stored);
    },
    onSwitch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => following.stop(),
  };
}

/** What is looked at, and watched, while somebody waits for rows to change. */
export type WatchedRows = Pick<ReadStore, 'load' | 'watch'>;

/** The rows of whichever build is live: who waits for a change goes on waiting with the next build. */
export function watchLive(rows: WatchedRows, liveBuilds: Omit<LiveBuilds, 'stop'>): WatchedRows {
  return {
    load: (projection, entityIds) => liveBuilds.read(projection, (live) => rows.load(live, entityIds)),
    watch(projection, entityId, onChange) {
      let unwatch = rows.watch(liveBuilds.current(projection), entityId, onChange);
      const forget = liveBuilds.onSwitch(() => {
        unwatch();
        unwatch = rows.watch(liveBuilds.current(projection), entityId, onChange);
        onChange();
      });
      return () => {
        forget();
        unwatch();
      };
    },
  };
}
