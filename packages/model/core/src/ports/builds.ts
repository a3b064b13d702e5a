import type { Projection } from '../modelling/projection.ts';

/**
 * What becomes of a build: it is filled from the first event on (`building`), answers queries (`live`) until another
 * takes its place (`retired`), or is given up before it ever answered (`abandoned`).
 */
export type BuildState = 'building' | 'live' | 'retired' | 'abandoned';

/** The rows of one version of a projection, filled by one group of its own. */
export interface Build {
  readonly context: string;
  readonly name: string;
  readonly version: number;
  /** From 1, for each version; never used again. */
  readonly build: number;
  readonly state: BuildState;
  /** To read the rows as they are stored, also for code that does not know the version. It folds nothing. */
  readonly stored: Projection;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Milliseconds since it was retired or abandoned; undefined before. */
  readonly endedForMs: number | undefined;
}

/** The builds of all projections. A projection has at most one that is live, and one that is building. */
export interface Builds {
  /** @returns those that have tables, the oldest first. @throws Unavailable */
  list(): Promise<readonly Build[]>;
  /**
   * Begins to build a projection anew, beside the live build, if none is building.
   * @returns the one that is building now, and whether it was begun here. @throws Unavailable
   */
  begin(context: string, projection: Projection): Promise<{ readonly build: Build; readonly begun: boolean }>;
  /** Gives up what is building of a projection. @returns whether there was something. @throws Unavailable */
  abandon(name: string): Promise<boolean>;
  /**
   * Makes a build live, and the live one retired, at once for all readers. Nothing is written to the live one meanwhile.
   * A crash leaves all as it was.
   * @param holdsAll called once nothing is written to the live build any more: whether the new one has all that it has
   * @returns false: it does not, or somebody else is at it, or the build is not building any more. @throws Unavailable
   */
  switchTo(build: Build, holdsAll: () => Promise<boolean>): Promise<boolean>;
  /** Drops the tables of a build that is retired or abandoned. Nothing happens where they are gone. @throws Unavailable */
  drop(build: Build): Promise<void>;
  /** Calls back when something may have changed. A hint: whoever relies on it looks now and then as well. */
  watch(onChange: () => void): { close(): Promise<void> };
}
