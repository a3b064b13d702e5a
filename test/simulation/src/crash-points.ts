import { Fleet } from './fleet.ts';
import { checkInvariants } from './invariants.ts';
import type { CrashChooser } from './network.ts';
import { isQuiet, whatWaits } from './quiet.ts';
import { Violation } from './violation.ts';
import { plainLoan } from './workload.ts';
import { NEVER_MS, World } from './world.ts';

/** How the life of the loan ends: signed by the applicant, or rejected because nobody answers. */
export type Ending = 'signed' | 'expired';

/** Before or after the n-th side effect of the services; after: nobody has been told that it happened. */
export interface CrashPoint {
  readonly effect: number;
  readonly when: 'before' | 'after';
}

/** One loan's life with crashes at some points. */
export interface CrashedLife {
  /** Side effects of all services, in order. */
  readonly effects: readonly string[];
  /** All that may be asked of the system when it has come to rest, but for times. */
  readonly finalState: string;
  readonly trace: readonly string[];
}

const MAX_STEPS = 6000;

/** Runs one loan's life with each service once. @throws Violation */
export async function liveWithCrashes(
  points: readonly CrashPoint[],
  { seed, ending }: { seed: number; ending: Ending },
): Promise<CrashedLife> {
  const effects: string[] = [];
  const crashes: CrashChooser = (process, label) => {
    if (!process.mortal) return 'answered';
    const effect = effects.push(`${process.name} ${label}`) - 1;
    const point = points.find((one) => one.effect === effect);
    return point === undefined ? 'answered' : `crash ${point.when}`;
  };
  // The simulated groups have more side effects to crash between.
  const signed = ending === 'signed';
  const signatureMs = signed ? NEVER_MS : 300;
  const world = new World({ seed, faults: { rate: 0 }, crashes, inMemory: false, signatureMs });
  const { scheduler } = world;
  const fleet = new Fleet(world);
  await fleet.start(() => 1);
  let done = false;
  void plainLoan(world, { signed }).then(() => {
    done = true;
  });
  const ended = await scheduler.run(() => done && isQuiet(world), MAX_STEPS);
  if (ended !== 'done') throw new Violation('nothing is stuck', `${ended}; ${whatWaits(world, done)}`);
  checkInvariants(world);
  return { effects, finalState: finalStateOf(world), trace: scheduler.trace };
}

/** Every point before and after an effect from the given one on. */
function pointsFrom(first: number, effects: number): CrashPoint[] {
  const points: CrashPoint[] = [];
  for (let effect = first; effect < effects; effect++) {
    points.push({ effect, when: 'before' }, { effect, when: 'after' });
  }
  return points;
}

/**
 * Crashes the life of the seed's schedule at every point, and with `pairs` at every point after each of these.
 * @returns how many lives ended as the undisturbed one, and what the others broke
 */
export async function crashEverywhere(
  pairs: boolean,
  kind: { seed: number; ending: Ending },
): Promise<{ passed: number; failures: string[] }> {
  const undisturbed = await liveWithCrashes([], kind);
  const failures: string[] = [];
  let passed = 0;

  async function attempt(points: readonly CrashPoint[]): Promise<number> {
    const name = points.map(({ effect, when }) => `${when} effect ${effect}`).join(' and ');
    try {
      const life = await liveWithCrashes(points, kind);
      if (life.finalState === undisturbed.finalState) passed++;
      else failures.push(`crash ${name}: ends otherwise\n  ${life.finalState}\n  ${undisturbed.finalState}`);
      return life.effects.length;
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      failures.push(`crash ${name}: ${error.message}`);
      return 0;
    }
  }

  for (const first of pointsFrom(0, undisturbed.effects.length)) {
    const effects = await attempt([first]);
    if (!pairs) continue;
    for (const second of pointsFrom(first.effect + 1, effects)) await attempt([first, second]);
  }
  return { passed, failures };
}

function finalStateOf({ log, context, tables, replies }: World): string {
  const events = log.feed.map(({ streamId, revision, type, id, metadata }) => [
    streamId,
    revision,
    type,
    id,
    metadata.command_id,
  ]);
  const rows = context.projections.map((projection) =>
    tables
      .allRows(projection)
      .map((row) =>
        Object.entries(row).map(([column, value]) => [column, column.endsWith('_at') ? value !== null : value]),
      ),
  );
  const outcomes = new Map(replies.map((reply) => [reply.command_id, reply]));
  return JSON.stringify({ events, rows, outcomes: [...outcomes.values()] });
}
