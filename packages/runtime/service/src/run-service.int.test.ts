import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PACKAGE = join(__dirname, '..');

/** Runs the built package in a process of its own. @param start the body of the start function */
function serve(start: string, env: Record<string, string> = {}) {
  const script = `
    import { runService, serviceSettings } from './dist/index.js';
    import { z } from 'zod';
    await runService('probe', z.object(serviceSettings(0)), async (config, log) => { ${start} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: PACKAGE,
    env: { PATH: process.env.PATH, SHUTDOWN_TIMEOUT_MS: '1000', ...env },
  });
  const lines: string[] = [];
  const collect = (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { child, lines, phrases: () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s: stops, then exits with 0', async (signal) => {
  const { child, lines, phrases } = serve(`
    return { ready: {}, stop: async () => { await new Promise((r) => setTimeout(r, 100)); log.info('work finished'); } };`);
  await until(() => lines.some((line) => line.includes('service runs')));
  child.kill(signal);
  expect(await exitCode(child)).toBe(0);
  expect(phrases()).toEqual(['service starts', 'service runs', 'service stops', 'work finished', 'service stopped']);
});

test('a stop that takes too long is cut off with exit code 1', async () => {
  const { child, lines, phrases } = serve('return { ready: {}, stop: () => new Promise(() => {}) };');
  await until(() => lines.some((line) => line.includes('service runs')));
  child.kill('SIGTERM');
  expect(await exitCode(child)).toBe(1);
  expect(phrases().at(-1)).toBe('stopping took too long; the service exits with unfinished work');
});

test('SIGTERM ends a start that waits for a server', async () => {
  const { child, lines } = serve('return new Promise(() => {});');
  await until(() => lines.length > 0);
  child.kill('SIGTERM');
  expect(await exitCode(child)).toBe(0);
});

test.each([
  ['start', `throw new Error('no table');`],
  [
    'uncaught exception',
    `setTimeout(() => { throw new Error('no table'); }); return { ready: {}, stop: async () => {} };`,
  ],
  ['unhandled rejection', `void Promise.reject(new Error('no table')); return { ready: {}, stop: async () => {} };`],
])('%s: logged as fatal, exits with 1', async (_what, start) => {
  const { child, lines } = serve(start);
  expect(await exitCode(child)).toBe(1);
  expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({ level: 60, service: 'probe', err: { message: 'no table' } });
});

test('an invalid configuration ends the process before anything is started', async () => {
  const { child, lines } = serve(`log.info('started');`, { LOG_LEVEL: 'loud', HEALTH_PORT: 'x' });
  expect(await exitCode(child)).toBe(1);
  expect(lines).toHaveLength(2);
});
