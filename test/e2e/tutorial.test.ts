import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@daybook/local-servers';
import { eventually } from '@daybook/test-support';
import { tutorialFiles, tutorialRequests } from '../tutorial.ts';

const run = promisify(execFile);
const CLI = resolve('packages/runtime/cli/dist/main.js');
const TSC = resolve('node_modules/typescript/bin/tsc');

/** An app of its own, in a folder from which Daybook's packages are found. */
let folder: string;
let app: ChildProcess | undefined;

beforeAll(() => {
  const parent = resolve('packages/runtime/cli/.daybook');
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'tutorial-'));
  for (const [path, text] of tutorialFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});

afterAll(async () => {
  if (app !== undefined && app.exitCode === null) {
    app.kill('SIGINT');
    await once(app, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test('what the tutorial writes compiles with its own settings', async () => {
  // Its tests use the globals of Vitest, which is not installed here; test/unit/tutorial.test.ts runs the same files.
  const check = { extends: './tsconfig.json', compilerOptions: { types: [], noEmit: true }, exclude: ['**/*.test.ts'] };
  writeFileSync(join(folder, 'tsconfig.check.json'), JSON.stringify(check));
  await run(process.execPath, [TSC, '-p', 'tsconfig.check.json'], { cwd: folder });
}, 60_000);

test('the app that it makes fits together', async () => {
  const { stdout } = await run(process.execPath, [CLI, 'check', '--offline'], { cwd: folder });
  expect(stdout.trim().split('\n')).toEqual(['ok       app', 'ok       context accounts', 'ok       settings']);
}, 60_000);

test('the services serve it: every request is answered as shown', async () => {
  const [commands, queries] = [await freePort(), await freePort()];
  const env = { ...process.env, PORT: String(commands), QUERY_PORT: String(queries) };
  app = spawn(process.execPath, [CLI, 'start', '--all'], { cwd: folder, env, stdio: 'ignore' });
  const requests = tutorialRequests();
  expect(requests).toHaveLength(5);
  for (const { request, answer } of requests) {
    const here = request
      .replaceAll('http://127.0.0.1:8080', `http://127.0.0.1:${commands}`)
      .replaceAll('http://127.0.0.1:8081', `http://127.0.0.1:${queries}`);
    await eventually(
      request,
      async () => {
        const { stdout } = await run('bash', ['-c', here]);
        expect(JSON.parse(stdout)).toEqual(withAnyText(answer));
        return true;
      },
      60_000,
    );
  }
}, 120_000);

/** An answer in which every `…` stands for some text. */
function withAnyText(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (_key, value: unknown) =>
    value === '…' ? (expect.any(String) as unknown) : value,
  );
}
