import {
  type BoundedContext,
  type Builds,
  type Clock,
  type EventStore,
  followBuilds,
  type Log,
  type ReadStore,
  type Subscription,
} from '@daybook/core';
import { BuildKeeper } from './build-keeper.ts';

/** What the service works with. */
export interface ProjectorParts {
  readonly contexts: readonly BoundedContext[];
  readonly store: EventStore;
  readonly rows: ReadStore;
  readonly builds: Builds;
  readonly clock: Clock;
  readonly log: Log;
  /** The most events folded in one go. */
  readonly batchSize?: number;
  /** Milliseconds that a build's tables are kept after its end. */
  readonly keepMs?: number;
}

/**
 * Keeps every read model up to date, each build of it by a group of its own; lets a new build take the place of the live
 * one, and clears away those that ended.
 */
export function startProjector(parts: ProjectorParts): Subscription {
  const { builds, clock, log, batchSize = 500, keepMs = 60_000 } = parts;
  const keeper = new BuildKeeper({ ...parts, batchSize, keepMs });
  const following = followBuilds(builds, { clock, log }, (all, signal) => keeper.attend(all, signal));
  return {
    async stop() {
      await following.stop();
      await keeper.stop();
    },
  };
}
