import { type Build, type EventStore, type GroupProgress, groupOfProjection } from '@daybook/core';
import { table } from '../table.ts';

/** A build, and how far its group is. */
export interface BuildProgress {
  readonly build: Build;
  readonly progress: GroupProgress;
}

const HEAD = ['PROJECTION', 'VERSION', 'BUILD', 'STATE', 'POSITION', 'LAG', 'SET ASIDE', 'SINCE'];

/** @throws Unavailable */
export async function progressesOf(store: EventStore, builds: readonly Build[]): Promise<BuildProgress[]> {
  return Promise.all(
    builds.map(async (build) => ({
      build,
      progress: await store.groupProgress(groupOfProjection(build), build.context),
    })),
  );
}

/** What a line says of a build; the names are those of `--json`. What has ended follows the feed no more. */
export function summaryOfBuild({ build, progress }: BuildProgress) {
  const { context, name, version, state, createdAt, endedForMs } = build;
  return {
    context,
    projection: name,
    version,
    build: build.build,
    state,
    position: progress.done,
    lag: endedForMs === undefined ? progress.head - progress.done : null,
    set_aside: progress.aside,
    created_at: createdAt,
  };
}

/** One line each. */
export function buildLines(all: readonly BuildProgress[]): string[] {
  if (all.length === 0) return ['there are no read models yet: migrate creates them'];
  return table([
    HEAD,
    ...all.map((one) => {
      const { projection, version, build, state, position, lag, set_aside, created_at } = summaryOfBuild(one);
      return [
        projection,
        `v${version}`,
        String(build),
        state,
        String(position),
        String(lag ?? '-'),
        String(set_aside),
        created_at,
      ];
    }),
  ]);
}
