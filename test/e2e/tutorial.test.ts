import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { planServices, type SupervisedService, supervise } from '@daybook/launcher';
import { eventually, startTestPostgres, type TestServer } from '@daybook/testing';
import { tutorialFiles, tutorialRequests } from '../tutorial.ts';

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'daybook-tutorial-'));
const inRoot = (...command: string[]) => run(process.execPath, command, { cwd: root });

/** The workspace with the accounts context taken out, but for the links that `pnpm install` makes. */
beforeAll(() => {
  const apart = ['node_modules', '.git', '.daybook'];
  for (const name of readdirSync('.').filter((one) => !apart.includes(one))) {
    cpSync(name, join(root, name), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  for (const name of ['src', 'dist', 'package.json', 'tsconfig.json', 'tsconfig.tsbuildinfo']) {
    rmSync(join(root, 'packages/accounts', name), { recursive: true });
  }
}, 60_000);

let postgres: TestServer | undefined;
let services: readonly SupervisedService[] = [];

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await postgres?.remove();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

test('what the tutorial writes compiles', async () => {
  for (const [path, text] of tutorialFiles()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const tests = { extends: './tsconfig.tests.json', include: ['packages/accounts/src/**/*.test.ts'] };
  writeFileSync(join(root, 'tsconfig.tutorial.json'), JSON.stringify(tests));
  await inRoot('node_modules/typescript/bin/tsc', '-b', 'packages/accounts', 'packages/contexts');
  await inRoot('node_modules/typescript/bin/tsc', '-p', 'tsconfig.tutorial.json');
}, 120_000);

test('its tests pass', async () => {
  const { stderr } = await inRoot(
    ...['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--testPathPatterns', 'packages/accounts'],
  );
  expect(stderr).toMatch(/^Tests: +\d+ passed, \d+ total$/m);
}, 60_000);

test('the services, as they are, serve it: every request is answered as shown', async () => {
  postgres = await startTestPostgres();
  const env = { EVENT_STORE_URL: postgres.url, READ_STORE_URL: postgres.url, LOG_LEVEL: 'warn' };
  const plan = await planServices({ root, logFolder: join(root, 'logs'), env, embedded: true, usualPorts: false });
  services = plan.services.map(supervise);
  await Promise.all(services.map((service) => service.ready()));
  const requests = tutorialRequests();
  expect(requests).toHaveLength(5);
  for (const { request, answer } of requests) {
    const here = request
      .replaceAll('http://127.0.0.1:8080', plan.gatewayUrl)
      .replaceAll('http://127.0.0.1:8081', plan.queryUrl);
    await eventually(request, async () => {
      const { stdout } = await run('bash', ['-c', here]);
      expect(JSON.parse(stdout)).toEqual(withAnyText(answer));
      return true;
    });
  }
}, 120_000);

/** An answer in which every `…` stands for some text. */
function withAnyText(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (_key, value: unknown) =>
    value === '…' ? (expect.any(String) as unknown) : value,
  );
}
