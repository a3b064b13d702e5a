import { awaitRows } from './await-rows.ts';
import { startBaseline } from './baseline/start-baseline.ts';
import type { SystemBenchmark } from './benchmark.ts';
import type { Daybook } from './daybook.ts';
import { type Figure, median } from './figures.ts';
import { fill } from './fill.ts';
import { idsOf, newLoans } from './loans.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const LONG = [10_000_000];
const COMMANDS = 10_000;
const QUERIES = 2000;
/** How often system and pipeline are measured with each size, in turns. */
const TURNS = 3;
/** Filling ten million events, and folding them in every read model. */
const PATIENCE_MS = 7_200_000;

/** What was measured, by name; ms a query, commands/s of the rest. */
type Pace = Readonly<Record<'stored' | 'projected' | 'query by id', number>>;
const NAMES = ['stored', 'projected', 'query by id'] as const;

/**
 * Whether it stays as fast as the log grows. The first and the last size are minutes apart, in which the machine may have
 * become faster or slower: so at each size the bare pipeline, which does not grow, is measured in turns with the system.
 */
export const growth: SystemBenchmark = {
  name: 'growth',
  what: 'the same work with ever more events in the log; the ratio is to the first, both as parts of the bare pipeline at that time',
  of: 'system',
  times: 1,
  withoutFollowUps: true,
  async run(system, { quick, long }) {
    const baseline = await startBaseline();
    try {
      return await grow(system, baseline, quick ? SIZES.slice(0, 2) : [...SIZES, ...(long ? LONG : [])]);
    } finally {
      await baseline.stop();
    }
  },
};

async function grow(system: Daybook, baseline: SystemUnderTest, sizes: readonly number[]): Promise<Figure[]> {
  // Nothing is to be slow for being the first.
  let ids = idsOf(await request(system));
  await request(baseline);
  const figures: Figure[] = [];
  let events = COMMANDS;
  let first: Pace | undefined;
  for (const size of sizes) {
    ids = ids.concat(await fill(system.store, size - events));
    await system.caughtUp(PATIENCE_MS);
    // What the filling left to do must not be done while it is measured.
    await system.database.query('vacuum (analyze)');
    await system.database.query('checkpoint');
    // After a checkpoint each page is written whole to the log when it is touched first: that passes, and is told by itself.
    const fresh = await paceOf(system, idsAmong(ids), queryOver(system));
    // And code that was not called for minutes is compiled again.
    for (let round = 0; round < 3; round++) for (const id of idsAmong(ids)) await queryOver(system)(id);
    const { own, relative } = await inTurns(system, baseline, ids);
    events = size + (TURNS + 1) * COMMANDS;
    const label = `${size.toLocaleString('en')} events`;
    figures.push(...NAMES.map((name) => figureOf(`${label}: ${name}`, name, own)));
    figures.push(figureOf(`${label}: stored, the first ${COMMANDS} after a checkpoint`, 'stored', fresh));
    if (first !== undefined) figures.push(...slowerBy(first, relative, label));
    first ??= relative;
  }
  return figures;
}

/** @returns the medians of the system, and what they are of those of the pipeline */
async function inTurns(
  system: Daybook,
  baseline: SystemUnderTest,
  ids: readonly string[],
): Promise<{ own: Pace; relative: Pace }> {
  const own: Pace[] = [];
  const others: Pace[] = [];
  const baselineIds = idsOf(await request(baseline));
  for (let turn = 0; turn < TURNS; turn++) {
    own.push(await paceOf(system, idsAmong(ids), queryOver(system)));
    others.push(await paceOf(baseline, idsAmong(baselineIds), (id) => baseline.rowsOf([id])));
  }
  const medians = (paces: readonly Pace[], of: (name: keyof Pace) => number = () => 1) =>
    Object.fromEntries(NAMES.map((name) => [name, median(paces.map((pace) => pace[name])) / of(name)])) as Pace;
  const floors = medians(others);
  return { own: medians(own), relative: medians(own, (name) => floors[name]) };
}

/** How many times as long the same takes. */
function slowerBy(first: Pace, now: Pace, label: string): Figure[] {
  return NAMES.map((name) => {
    const ratio = now[name] / first[name];
    return { name: `${label}: ${name}, slower by`, unit: '×', value: unitOf(name) === 'ms' ? ratio : 1 / ratio };
  });
}

function figureOf(label: string, name: keyof Pace, pace: Pace): Figure {
  return { name: label, unit: unitOf(name), value: pace[name] };
}

function unitOf(name: keyof Pace): string {
  return name === 'query by id' ? 'ms' : 'commands/s';
}

async function paceOf(
  system: SystemUnderTest,
  ids: readonly string[],
  query: (id: string) => Promise<unknown>,
): Promise<Pace> {
  const began = performance.now();
  const requests = await request(system);
  const stored = COMMANDS / ((performance.now() - began) / 1000);
  await awaitRows(system, idsOf(requests));
  const projected = COMMANDS / ((performance.now() - began) / 1000);
  const asked = performance.now();
  for (const id of ids) await query(id);
  return { stored, projected, 'query by id': (performance.now() - asked) / ids.length };
}

async function request(system: SystemUnderTest) {
  const publisher = await system.connectPublisher();
  const requests = newLoans(COMMANDS);
  await publisher.closed(requests, 256);
  await publisher.close();
  return requests;
}

/** Some of them, from all over. */
function idsAmong(ids: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.floor(ids.length / QUERIES));
  return ids.filter((_, index) => index % step === 0).slice(0, QUERIES);
}

function queryOver({ queryUrl }: Daybook): (id: string) => Promise<unknown> {
  return async (id) => {
    const answer = await fetch(`${queryUrl}/loans/loan-applications/${id}`);
    if (answer.status !== 200) throw new Error(`the loan ${id} is answered with ${answer.status}`);
    return answer.text();
  };
}
