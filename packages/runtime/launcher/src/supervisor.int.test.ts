import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@daybook/local-servers';
import { type ServiceSpec, type SupervisedService, supervise } from './supervisor.ts';

const HEALTHY = `
  console.log('up', process.pid);
  require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.HEALTH_PORT, '127.0.0.1');
  process.on('SIGTERM', () => { console.log('stopped in good order'); process.exit(0); });`;
const STUBBORN = `${HEALTHY.replace(/process.on.*/, '')} process.on('SIGTERM', () => {});`;

let folder: string;
let service: SupervisedService | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-test-'));
});
afterEach(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 20_000);

async function run(source: string, more: Partial<ServiceSpec> = {}): Promise<SupervisedService> {
  const script = join(folder, 'service.cjs');
  writeFileSync(script, source);
  const env = { HEALTH_PORT: String(await freePort()) };
  service = supervise({ name: 'a-service', script, env, logFile: join(folder, 'service.log'), ...more });
  return service;
}
const log = () => readFileSync(join(folder, 'service.log'), 'utf8');

test('a killed service comes back, and it is said', async () => {
  const told: string[] = [];
  const running = await run(HEALTHY, { tell: (line) => told.push(line) });
  await running.ready();
  const first = running.pid;
  running.kill('SIGKILL');
  while (running.restarts === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await running.ready();
  expect(running.pid).not.toBe(first);
  expect(running.restarts).toBe(1);
  expect(log().match(/up/g)).toHaveLength(2);
  expect(told).toEqual([expect.stringContaining('a-service ended (SIGKILL): started again in 0.2 s; its log is ')]);
  await running.stop();
  expect(told).toHaveLength(1);
});

test('its heap is kept small', async () => {
  const running = await run(
    `console.log('MB:', require('node:v8').getHeapStatistics().heap_size_limit >> 20); ${HEALTHY}`,
  );
  await running.ready();
  expect(Number(/MB: (\d+)/.exec(log())?.[1])).toBeLessThan(1024);
});

test('stop lets it end in good order, and it stays stopped', async () => {
  const running = await run(HEALTHY);
  await running.ready();
  await running.stop();
  expect(log()).toContain('stopped in good order');
  expect(running.pid).toBeUndefined();
  expect(running.restarts).toBe(0);
});

test('stop ends one that ignores SIGTERM', async () => {
  const running = await run(STUBBORN);
  await running.ready();
  await running.stop();
  expect(running.pid).toBeUndefined();
}, 20_000);

test('one that keeps crashing is given up, with the end of its log', async () => {
  const policy = { firstDelayMs: 1, maxRestarts: 2 };
  const running = await run(`console.log('cannot go on'); process.exit(3)`, { policy });
  const reason = await running.givenUp;
  expect(reason.message).toMatch(/a-service ended more than 2 times within 60 s[\s\S]*cannot go on/);
  await expect(running.ready()).rejects.toThrow('ended more than');
  expect(running.restarts).toBe(2);
}, 20_000);

test('one that does not become ready is told apart', async () => {
  const running = await run(`console.log('waiting for ever'); setInterval(() => {}, 1000)`);
  await expect(running.ready(300)).rejects.toThrow(/not ready after 0.3 s[\s\S]*waiting for ever/);
});
