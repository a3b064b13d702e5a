import type { Projection } from '../modelling/projection.ts';
import type { Build } from '../ports/builds.ts';
import type { GroupProgress } from '../ports/event-store.ts';

/** Events between a build and the end of the feed that are so few that it can catch up while writes to the live one wait. */
const FEW = 1000;

/**
 * What the code's version of a projection needs.
 * @param builds those of the projection that have tables
 * @returns a build that is live at once, because nothing answers yet; one beside the live one; or none
 */
export function dueBuild(builds: readonly Build[], { version }: Projection): 'live' | 'building' | undefined {
  const live = builds.find(({ state }) => state === 'live');
  if (live === undefined) return 'live';
  if (live.version === version) return undefined;
  return builds.some((build) => build.state === 'building' && build.version === version) ? undefined : 'building';
}

/** @returns the code's projection, on the rows of this build; undefined when it has none of that name and version */
export function projectionOf(build: Build, projections: readonly Projection[]): Projection | undefined {
  const known = projections.find(({ name, version }) => name === build.name && version === build.version);
  return known && { ...known, build: build.build };
}

/** Whether a build follows the feed. */
export function isFed({ state }: Build): boolean {
  return state === 'building' || state === 'live';
}

/** Whether a build's tables and group can go. @param keepMs milliseconds for the requests that still read them */
export function mayDrop({ endedForMs }: Build, keepMs: number): boolean {
  return endedForMs !== undefined && endedForMs >= keepMs;
}

/** Whether it is worth trying to switch. Parked events are missing from the rows; they have to be resolved first. */
export function isClose({ done, head, aside }: GroupProgress): boolean {
  return aside === 0 && head - done <= FEW;
}

/** Whether the rows of a group have every event up to a position. */
export function hasAll({ done, aside }: GroupProgress, position: number): boolean {
  return aside === 0 && done >= position;
}
