import type { AddressInfo } from 'node:net';
import { type Health, startHealthServer } from './health-server.ts';

async function ask(health: Health, path: string): Promise<{ code: number; body: unknown }> {
  const server = await startHealthServer(health, { port: 0, host: '127.0.0.1' });
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  const body: unknown = await response.json();
  server.closeAllConnections();
  server.close();
  return { code: response.status, body };
}

const answers = () => Promise.resolve();
const fails = () => Promise.reject(new Error('connection refused'));
const hangs = () => new Promise<void>(() => {});

test('alive from the start', async () => {
  expect(await ask({ phase: 'starting', checks: {} }, '/livez')).toEqual({ code: 200, body: { status: 'alive' } });
});

test.each(['starting', 'stopping'] as const)('not ready while %s', async (phase) => {
  expect(await ask({ phase, checks: { store: answers } }, '/readyz')).toEqual({ code: 503, body: { status: phase } });
});

test('ready when every check answers', async () => {
  expect(await ask({ phase: 'running', checks: { store: answers, bus: answers } }, '/readyz')).toEqual({
    code: 200,
    body: { status: 'ready' },
  });
});

test('not ready says what fails, and a check that hangs fails', async () => {
  expect(await ask({ phase: 'running', checks: { rows: answers, store: fails, bus: hangs } }, '/readyz')).toEqual({
    code: 503,
    body: { status: 'not ready', failed: { store: 'connection refused', bus: 'no answer within 1000 ms' } },
  });
});
