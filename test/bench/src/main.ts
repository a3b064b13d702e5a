import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandLine } from '@daybook/launcher';
import { Option } from 'commander';
import type { Benchmark } from './benchmark.ts';
import type { Measured } from './figures.ts';
import { growth } from './growth.ts';
import { hydrate } from './hydrate.ts';
import { latency } from './latency.ts';
import { lifecycle } from './lifecycle.ts';
import { measure } from './measure.ts';
import { memory } from './memory.ts';
import { plot } from './plot.ts';
import { projected } from './projected.ts';
import { queries } from './queries.ts';
import { replay } from './replay.ts';
import { json, lines, table } from './report.ts';
import { scale } from './scale/scale.ts';
import { snapshot } from './snapshot.ts';
import { stored } from './stored.ts';

const BENCHMARKS: readonly Benchmark[] = [
  stored,
  projected,
  lifecycle,
  latency,
  replay,
  hydrate,
  queries,
  scale,
  memory,
  growth,
  snapshot,
];

const values = commandLine('npm run bench --', 'How fast the system is, beside a bare pipeline with the same IO.')
  .option('--quick', 'a part of it, in a few minutes', false)
  .option('--long', 'more of it', false)
  .addOption(
    new Option('--only <name...>', 'these benchmarks alone').choices(BENCHMARKS.map(({ name }) => name)).default([]),
  )
  .option('--json <file>', 'write the figures there')
  .option('--svg <file>', 'draw them there')
  .parse()
  .opts<{ quick: boolean; long: boolean; only: string[]; json?: string; svg?: string }>();
const { quick, long } = values;
const chosen = BENCHMARKS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const measured: { daybook: Measured[]; baseline: Measured[] } = { daybook: [], baseline: [] };
const failed: string[] = [];
let machine: readonly string[] = [];
const began = Date.now();

for (const benchmark of chosen) {
  console.log(`\n${benchmark.name}: ${benchmark.what}`);
  const since = Date.now();
  try {
    const outcome = await measure(benchmark, { quick, long }, console.log);
    machine = quick ? [...outcome.machine, 'quick: a part of what the names say'] : outcome.machine;
    measured.daybook.push(...outcome.daybook);
    measured.baseline.push(...outcome.baseline);
  } catch (error) {
    // What the others show is worth having.
    console.error(error);
    failed.push(benchmark.name);
  }
  console.log(`  ${Math.round((Date.now() - since) / 1000)} s`);
}

const all = lines(measured.daybook, measured.baseline);
console.log(`\n${machine.join('\n')}\n\n${table(all)}`);
if (values.json !== undefined) write(values.json, json(machine, { quick, long }, all));
if (values.svg !== undefined) write(values.svg, plot(machine, all));
const minutes = ((Date.now() - began) / 60_000).toFixed(1);
const not = failed.length === 0 ? '' : `; not measured: ${failed.join(', ')}`;
console.log(`\nbench: ${chosen.length - failed.length} of ${chosen.length} in ${minutes} min${not}`);
process.exit(failed.length > 0 ? 1 : 0);

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
