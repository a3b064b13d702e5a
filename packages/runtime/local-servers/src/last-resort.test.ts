import { execFileSync, spawn } from 'node:child_process';
import { endWithThisProcess, GUARD } from './last-resort.ts';
import { gone, isAlive } from './processes.ts';

/** Does what `endWithThisProcess` does, in a process which then dies without a word. */
function guardAndDie(pid: number): void {
  const guard = ['-c', GUARD, 'daybook-guard', 'kill', '-s', 'KILL', String(pid)];
  const options = { stdio: ['pipe', 'ignore', 'ignore'], detached: true };
  execFileSync(process.execPath, [
    '-e',
    `require('node:child_process').spawn('/bin/sh', ${JSON.stringify(guard)}, ${JSON.stringify(options)});
     process.kill(process.pid, 'SIGKILL');`,
  ]);
}

test('a guard ends what a killed process leaves behind', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  expect(() => guardAndDie(pid)).toThrow();
  expect(await gone([pid], 5_000)).toBe(true);
});

test('a released guard leaves the process alone', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const release = endWithThisProcess(pid, 'SIGKILL');
  release();
  expect(await gone([pid], 200)).toBe(false);
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  expect(await gone([pid], 5_000)).toBe(true);
});

test('many guards are one listener: more than ten would be taken for a leak', () => {
  const before = process.listenerCount('exit');
  const releases = Array.from({ length: 12 }, () => endWithThisProcess(process.pid, 'SIGWINCH'));
  expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1);
  for (const release of releases) release();
  expect(process.listenerCount('exit')).toBeLessThanOrEqual(before);
});
