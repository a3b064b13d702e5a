import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
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
];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    svg: { type: 'string' },
  },
});
const unknown = values.only.filter((name) => !BENCHMARKS.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(
    `no benchmark is called ${unknown.join(', ')}; these are: ${BENCHMARKS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
const { quick, long } = values;
const chosen = BENCHMARKS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const measured: { daybook: Measured[]; floor: Measured[] } = { daybook: [], floor: [] };
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
    measured.floor.push(...outcome.floor);
  } catch (error) {
    // What the others show is worth having.
    console.error(error);
    failed.push(benchmark.name);
  }
  console.log(`  ${Math.round((Date.now() - since) / 1000)} s`);
}

const all = lines(measured.daybook, measured.floor);
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
