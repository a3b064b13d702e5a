import {
  type BoundedContext,
  type Build,
  type Builds,
  buildNameOf,
  type Clock,
  EntityCache,
  type EventStore,
  type GroupSubscription,
  groupOfProjection,
  isFed,
  type Log,
  marksOfRows,
  mayDrop,
  type Projection,
  projectionOf,
  type ReadStore,
  switchWhenCaughtUp,
} from '@daybook/core';
import { applyInShards } from './apply-in-shards.ts';

/** What keeping builds needs. */
export interface KeeperDependencies {
  readonly contexts: readonly BoundedContext[];
  readonly store: EventStore;
  readonly rows: ReadStore;
  readonly builds: Builds;
  readonly clock: Clock;
  readonly log: Log;
  /** The most events folded in one go. */
  readonly batchSize: number;
  /** Milliseconds that a build's tables are kept after its end. */
  readonly keepMs: number;
}

/** One projector's part in the life of the builds. What it does any other may do as well, at any time. */
export class BuildKeeper {
  readonly #dependencies: KeeperDependencies;
  readonly #projections: readonly Projection[];
  readonly #subscriptions = new Map<string, GroupSubscription>();

  constructor(dependencies: KeeperDependencies) {
    this.#dependencies = dependencies;
    this.#projections = dependencies.contexts.flatMap(({ projections }) => projections);
  }

  /** Does what the builds call for. @param signal this process is stopping. @throws Unavailable */
  async attend(builds: readonly Build[], signal: AbortSignal): Promise<void> {
    await this.#subscribe(builds);
    for (const build of builds) {
      if (signal.aborted) return;
      try {
        if (build.state === 'building' && this.#subscriptions.has(buildNameOf(build)))
          await this.#switchTo(build, signal);
        else if (mayDrop(build, this.#dependencies.keepMs)) await this.#drop(build);
      } catch (err) {
        // One that can't be helped now must not keep the others waiting.
        this.#dependencies.log.warn({ err, build: buildNameOf(build) }, 'processing a build failed; retrying');
      }
    }
  }

  /** @throws HistoriesDiffer while the group of a build stands still because of it */
  async check(): Promise<void> {
    for (const subscription of this.#subscriptions.values()) await subscription.check();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription.stop()));
    this.#subscriptions.clear();
  }

  /** A version that this code does not know is left to projectors that do. */
  async #subscribe(builds: readonly Build[]): Promise<void> {
    const fed = new Map<string, { build: Build; projection: Projection }>();
    for (const build of builds.filter(isFed)) {
      const projection = projectionOf(build, this.#projections);
      if (projection !== undefined) fed.set(buildNameOf(build), { build, projection });
    }
    const ended = [...this.#subscriptions].filter(([name]) => !fed.has(name));
    for (const [name] of ended) this.#subscriptions.delete(name);
    await Promise.all(ended.map(([, subscription]) => subscription.stop()));
    const { store, rows, batchSize } = this.#dependencies;
    for (const [name, { build, projection }] of fed) {
      if (this.#subscriptions.has(name)) continue;
      const memory = new EntityCache();
      const subscription = await store.subscribe({
        group: groupOfProjection(build),
        context: build.context,
        handle: (events, marks) => applyInShards(projection, events, { rows, store, memory }, marks),
        marks: marksOfRows(rows, projection, memory),
        batchSize,
      });
      this.#subscriptions.set(name, subscription);
    }
  }

  async #switchTo(build: Build, signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#dependencies;
    const since = clock.now().getTime();
    if (!(await switchWhenCaughtUp(build, this.#dependencies, signal))) return;
    log.info({ build: buildNameOf(build), took_ms: clock.now().getTime() - since }, 'build is live');
  }

  async #drop(build: Build): Promise<void> {
    const { store, builds, log } = this.#dependencies;
    await store.dropGroup(groupOfProjection(build), build.context);
    // Last: until then the registry says that there is something to do.
    await builds.drop(build);
    log.info({ build: buildNameOf(build), state: build.state }, 'the tables of a build were dropped');
  }
}
