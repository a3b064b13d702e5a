import { type Build, type Builds, buildNameOf, groupOfProjection, systemClock } from '@daybook/core';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';
import type { Servers } from '../servers.ts';
import { durationOf, progressLine, progressText, type Sample } from './progress-line.ts';

/** Between two looks, milliseconds. */
const PAUSE_MS = 250;
/** Milliseconds without any progress that are worth a word. */
const STILL_MS = 10_000;
/** Samples kept: more than the rate is made of. */
const SAMPLES = 60;

/**
 * Shows how far a build is until it is live. Ctrl-C ends the watching, and not the build.
 * @throws CommandFailed when it is given up; Unavailable
 */
export async function watchBuild(servers: Servers, build: Build, around: CliEnvironment): Promise<void> {
  const { print, showProgress } = around;
  const store = await servers.store();
  const name = buildNameOf(build);
  const group = groupOfProjection(build);
  const leaving = new AbortController();
  void around.interrupted().then(() => leaving.abort());
  const since = Date.now();
  let samples: Sample[] = [];
  let movedAt = since;
  for (;;) {
    const now = await stateOf(servers.builds(), build);
    const progress = await store.groupProgress(group, build.context);
    const at = Date.now();
    if (progress.done !== samples.at(-1)?.progress.done) movedAt = at;
    samples = [...samples, { at, progress }].slice(-SAMPLES);
    showProgress(`${progressLine(samples)}${hint(at - movedAt, progress.aside)}`);
    if (now === 'live' || now === 'retired') {
      const seconds = (at - since) / 1000;
      print('');
      print(
        `${name} is live: ${progressText(progress)} in ${durationOf(seconds)}, ${Math.round(progress.done / seconds)} events/s`,
      );
      return;
    }
    if (now !== 'building') throw new CommandFailed(`${name} was given up before it went live`);
    await systemClock.sleep(PAUSE_MS, leaving.signal);
    if (leaving.signal.aborted) {
      print('');
      print(`${name} goes on being built; 'daybook projections watch ${build.name}' shows it again`);
      return;
    }
  }
}

/** A build that is not there any more has ended, too. */
async function stateOf(builds: Builds, build: Build): Promise<Build['state']> {
  const found = (await builds.list()).find((one) => buildNameOf(one) === buildNameOf(build));
  return found?.state ?? 'abandoned';
}

function hint(stillMs: number, aside: number): string {
  if (aside > 0) return "  it can't be live before 'daybook parked list --events' shows nothing of it";
  return stillMs < STILL_MS ? '' : '  nothing moves: does a projector of this version run?';
}
