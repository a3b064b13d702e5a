import { followBuilds, type GroupSubscription } from '@daybook/core';
import { BuildKeeper, type KeeperDependencies } from './build-keeper.ts';

/** What the service works with; what is left out has its default. */
export type ProjectorDependencies = Omit<KeeperDependencies, 'batchSize' | 'keepMs'> &
  Partial<Pick<KeeperDependencies, 'batchSize' | 'keepMs'>>;

/** Milliseconds between two looks whether a build has caught up. */
const WHILE_BUILDING_MS = 100;

/**
 * Keeps every read model up to date, each build of it by a group of its own; lets a new build take the place of the live
 * one, and clears away those that ended.
 */
export function startProjector(dependencies: ProjectorDependencies): GroupSubscription {
  const { builds, clock, log, batchSize = 500, keepMs = 60_000 } = dependencies;
  const keeper = new BuildKeeper({ ...dependencies, batchSize, keepMs });
  const looks = { clock, log, whileBuildingMs: WHILE_BUILDING_MS };
  const following = followBuilds(builds, looks, (all, signal) => keeper.attend(all, signal));
  return {
    check: () => keeper.check(),
    async stop() {
      await following.stop();
      await keeper.stop();
    },
  };
}
