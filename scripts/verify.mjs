import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { root } from './prepare.mjs';

const STEPS = [
  'check:format',
  'check:types',
  'check:lint',
  'test:unit',
  'check:boundaries',
  'check:unused',
  'check:packages',
  'check:api',
];

/**
 * Runs every check and prints a line for each, with the output of those that fail. Returns how many passed and failed.
 * With `--without-tests` the unit tests are left out, for who runs all tests anyway.
 */
export function verify(args) {
  const steps = STEPS.filter((step) => step !== 'test:unit' || !args.includes('--without-tests'));
  let passed = 0;
  for (const step of steps) {
    const start = performance.now();
    const result = spawnSync('npm', ['run', '--silent', step], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
    });
    const ok = result.status === 0;
    if (ok) passed += 1;
    else console.log(`${result.stdout ?? ''}${result.stderr ?? ''}`.trimEnd());
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${step.padEnd(18)} ${ok ? 'ok    ' : 'failed'} ${seconds} s`);
  }
  return { passed, failed: steps.length - passed };
}
