import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, Scale } from './benchmark.ts';
import { startDaybook } from './daybook.ts';
import { type Figure, type Measured, summarize } from './figures.ts';
import { startFloor } from './floor/start-floor.ts';
import { growth } from './growth.ts';
import { hydrate } from './hydrate.ts';
import { latency } from './latency.ts';
import { lifecycle } from './lifecycle.ts';
import { machineOf } from './machine.ts';
import { memory } from './memory.ts';
import { plot } from './plot.ts';
import { projected } from './projected.ts';
import { queries } from './queries.ts';
import { lines, table } from './report.ts';
import { stored } from './stored.ts';

const BENCHMARKS: readonly Benchmark[] = [stored, projected, lifecycle, latency, hydrate, queries, memory, growth];
const TIMES = 3;

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
const scale: Scale = values;
const chosen = BENCHMARKS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const measured: { daybook: Measured[]; floor: Measured[] } = { daybook: [], floor: [] };
let machine: string[] = [];

for (const benchmark of chosen) {
  console.log(`\n${benchmark.name}: ${benchmark.what}`);
  const daybook = await startDaybook();
  machine = await machineOf(daybook);
  const floor = benchmark.of === 'pipeline' ? await startFloor() : undefined;
  const runs: Record<'daybook' | 'floor', Figure[][]> = { daybook: [], floor: [] };
  const times = scale.quick ? 1 : benchmark.of === 'system' ? (benchmark.times ?? TIMES) : TIMES;
  // In turn, so that what else the machine does meanwhile falls on both.
  for (let time = 1; time <= times; time++) {
    if (benchmark.of === 'pipeline' && floor !== undefined) {
      runs.floor.push(await benchmark.run(floor, scale));
      runs.daybook.push(await benchmark.run(daybook, scale));
    } else if (benchmark.of === 'system') runs.daybook.push(await benchmark.run(daybook, scale));
    console.log(`  ${time} of ${times}`);
  }
  measured.daybook.push(...summarize(benchmark.name, runs.daybook));
  measured.floor.push(...summarize(benchmark.name, runs.floor));
  await daybook.stop();
  await floor?.stop();
}

const all = lines(measured.daybook, measured.floor);
console.log(`\n${machine.join('\n')}\n\n${table(all)}`);
if (values.json !== undefined) write(values.json, `${JSON.stringify({ machine, scale, ...measured }, null, 2)}\n`);
if (values.svg !== undefined) write(values.svg, plot(all));

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
