import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privatePostgresData, privateRabbitmqData } from '@daybook/local-servers';
import { openRabbitmq } from './servers.ts';
import { createTeardown } from './teardown.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('data of private servers is found where it lies, and nothing is made by looking', () => {
  for (const dataOf of [privatePostgresData, privateRabbitmqData]) {
    expect(dataOf(join(folder, 'none'))).toBeUndefined();
    mkdirSync(join(folder, dataOf.name, 'data'), { recursive: true });
    expect(dataOf(join(folder, dataOf.name))).toBe(join(folder, dataOf.name, 'data'));
  }
});

test('a broker that the environment names is taken as it is', async () => {
  const said: string[] = [];
  process.env.RABBITMQ_URL = 'amqp://somewhere';
  const opening = { log: (line: string) => void said.push(line), teardown: createTeardown(() => {}), docker: false };
  expect(await openRabbitmq(folder, opening)).toBe('amqp://somewhere');
  delete process.env.RABBITMQ_URL;
  expect(said).toEqual(['RabbitMQ: as the environment says (RABBITMQ_URL)']);
});
