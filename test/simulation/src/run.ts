import { Random } from '@daybook/test-support';
import type { FaultPlan } from './faults.ts';
import { Fleet } from './fleet.ts';
import type { Guard } from './guards.ts';
import { injectFaults } from './inject-faults.ts';
import { checkInvariants } from './invariants.ts';
import { operate } from './operator.ts';
import { isQuiet, whatWaits } from './quiet.ts';
import { Violation } from './violation.ts';
import { startWorkload } from './workload.ts';
import { World } from './world.ts';

/** More steps than any run needs that is not stuck. */
const MAX_STEPS = 6000;

/** Clients that still wait when the servers have had nothing to do for so long wait in vain, milliseconds. */
const HOPELESS_MS = 2000;

/** Which run. The same options, the same trace. */
export interface RunOptions {
  readonly seed: number;
  readonly without?: Guard | undefined;
  /** Only the faults with these numbers. */
  readonly faults?: ReadonlySet<number> | undefined;
  /** How many loans; by the seed when left out. */
  readonly loans?: number | undefined;
}

/** How a run went. */
export interface RunResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly trace: readonly string[];
  /** Numbers of the faults that happened. */
  readonly faults: readonly number[];
  readonly loans: number;
  readonly steps: number;
}

/** Runs one schedule, and checks what must hold after it. Takes nothing from the machine: no time, no chance. */
export async function runSeed({ seed, without, faults, loans }: RunOptions): Promise<RunResult> {
  const shape = new Random(seed).fork();
  const plan: FaultPlan = { rate: shape.pick([0, 0.01, 0.03, 0.06, 0.1]), ...(faults ? { only: faults } : {}) };
  const people = shape.pick([1, 1, 1, 1, 2, 3]);
  const world = new World({ seed, faults: plan, without });
  const count = loans ?? people;
  const violation = await play(world, shape, count).catch((error: unknown) => {
    if (error instanceof Violation) return error;
    throw error;
  });
  const { trace, steps } = world.scheduler;
  return { seed, violation, trace, faults: world.faults.happened, loans: count, steps };
}

async function play(world: World, shape: Random, loans: number): Promise<undefined> {
  const { scheduler, faults, poisoned } = world;
  const fleet = new Fleet(world);
  const many = shape.fork();
  await fleet.start(() => many.pick([1, 1, 2]));
  if (shape.chance(0.3)) {
    const group = shape.pick([
      'notifier',
      'ledger',
      'ReviewLoanRequest',
      'ContractualizeApprovedLoan',
      'loan_applications',
      'ExpireUnsignedContract',
    ]);
    poisoned.set(group, shape.between(1, 8));
  }
  let clientsDone = false;
  void startWorkload(world, loans).then(() => {
    clientsDone = true;
  });
  const troubledUntil = shape.between(100, 400);
  injectFaults(world, fleet);
  await scheduler.run(() => clientsDone || scheduler.steps >= troubledUntil, MAX_STEPS);
  scheduler.note('nothing goes wrong any more');
  faults.heal();
  operate(world);
  let busyAt = scheduler.now;
  const isOver = () => {
    if (!isQuiet(world)) busyAt = scheduler.now;
    return busyAt < scheduler.now && (clientsDone || scheduler.now - busyAt > HOPELESS_MS);
  };
  const ended = await scheduler.run(isOver, MAX_STEPS);
  // Where only clients wait, what they wait for is more worth knowing than that they do.
  if (ended === 'done') checkInvariants(world);
  if (!clientsDone || ended !== 'done') {
    const how = ended === 'done' ? 'nothing happens any more' : ended;
    throw new Violation('nothing is stuck', `${how}; ${whatWaits(world, clientsDone)}`);
  }
  return undefined;
}
