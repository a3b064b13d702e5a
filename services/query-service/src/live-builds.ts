import {
  type Build,
  type Builds,
  type FollowOptions,
  followBuilds,
  NotLive,
  type Projection,
  projectionOf,
  Unavailable,
} from '@daybook/core';

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
  stop(): Promise<void>;
}

/** Knows the live builds, by notification and by looking now and then. */
export function followLiveBuilds(builds: Builds, options: FollowOptions): LiveBuilds {
  let live = new Map<string, Build>();
  const learn = (all: readonly Build[]) => {
    live = new Map(all.filter(({ state }) => state === 'live').map((build) => [build.name, build]));
  };
  const following = followBuilds(builds, options, learn);

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
    stop: () => following.stop(),
  };
}
