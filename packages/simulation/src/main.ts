import { runSeed } from './run.ts';

const started = process.hrtime.bigint();
const n = Number(process.argv[2] ?? 100),
  from = Number(process.argv[3] ?? 1);
let steps = 0,
  bad = 0;
for (let seed = from; seed < from + n; seed++) {
  const r = await runSeed({ seed, ...(process.argv[4] ? { without: process.argv[4] as never } : {}) });
  steps += r.steps;
  if (r.violation) {
    bad++;
    console.log(seed, r.violation.message);
    if (n === 1) console.log(r.trace.join('\n'));
  }
}
console.log(n, 'runs', steps / n, 'steps', bad, 'bad', Number(process.hrtime.bigint() - started) / 1e6 / n, 'ms/run');
