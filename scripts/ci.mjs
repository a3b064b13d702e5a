import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const MINUTE = 60_000;

/** Runs an npm script with its output shown and kept. Past its time its whole process group is ended. */
function npmRun(args, timeoutMs) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const timers = [
      setTimeout(() => process.kill(-child.pid, 'SIGTERM'), timeoutMs),
      setTimeout(() => process.kill(-child.pid, 'SIGKILL'), timeoutMs + MINUTE / 2),
    ];
    let output = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.stderr.on('data', (chunk) => process.stderr.write(chunk));
    child.once('error', () => resolve({ code: 1, output }));
    child.once('exit', (code) => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** The counts of the last line that has any: `… N passed, N failed`. */
function countsIn(output) {
  const [, passed, failed] = [...output.matchAll(/^\w+: (\d+) passed, (\d+) failed$/gm)].at(-1) ?? [];
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed) };
}

/** Jest's counts; a test file that could not be run at all counts as one failed. */
function countsOf(file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    return { passed: results.numPassedTests, failed };
  } catch {
    return undefined;
  }
}

/** A step that failed without saying how often failed once. */
function countsWithFailure(code, counts = { passed: 0, failed: 0 }) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

const folder = mkdtempSync(join(tmpdir(), 'daybook-ci-'));
const jestResults = join(folder, 'jest.json');

// The unit tests come with all the others.
const verified = await npmRun(['verify', '--', '--without-tests'], 12 * MINUTE);
const tested = await npmRun(['test', '--', '--json', jestResults], 40 * MINUTE);
const simulated = await npmRun(['simulate', '--', '--runs', '20000'], 10 * MINUTE);
const harmed = await npmRun(['chaos', '--', '--seconds', '60', '--seed', '1'], 5 * MINUTE);
const shown = await npmRun(['demo'], 5 * MINUTE);
const documented = await npmRun(['docs'], 3 * MINUTE);
const released = await npmRun(['test:release'], 7 * MINUTE);

const steps = {
  verify: countsWithFailure(verified.code, countsIn(verified.output)),
  test: countsWithFailure(tested.code, countsOf(jestResults)),
  // One each, however many schedules and commands they looked at.
  simulate: countsWithFailure(simulated.code, simulated.code === 0 ? { passed: 1, failed: 0 } : undefined),
  chaos: countsWithFailure(harmed.code, harmed.code === 0 ? { passed: 1, failed: 0 } : undefined),
  demo: countsWithFailure(shown.code, countsIn(shown.output)),
  docs: countsWithFailure(documented.code, documented.code === 0 ? { passed: 1, failed: 0 } : undefined),
  release: countsWithFailure(released.code, countsIn(released.output)),
};
rmSync(folder, { recursive: true, force: true });
const total = { passed: 0, failed: 0 };
console.log('');
for (const [name, { passed, failed }] of Object.entries(steps)) {
  console.log(`${name.padEnd(8)} ${passed} passed, ${failed} failed`);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
