import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '@daybook/local-servers';
import { eventually } from '@daybook/test-support';

const MAIN = resolve('packages/runtime/cli/dist/main.js');
/** Below this package, so that the app finds its dependencies. */
const parent = resolve('packages/runtime/cli/.daybook');
let folder: string;
let child: ChildProcess | undefined;

beforeAll(() => {
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'app-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(
    join(folder, 'daybook.config.ts'),
    "import { defineApp } from '@daybook/app';\n\nexport default defineApp({ contexts: [] });\n",
  );
});
afterAll(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function daybook(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const started = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: {
      ...process.env,
      ...more,
      PORT: String(ports.commands),
      QUERY_PORT: String(ports.queries),
      HEALTH_PORT: String(ports.health),
    },
  });
  const seen = { output: '' };
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      seen.output += text;
    });
  }
  return { started, seen };
}
const ports = { commands: 0, queries: 0, health: 0 };

async function ended(...args: string[]) {
  const { started, seen } = daybook(args);
  const [code] = (await once(started, 'close')) as [number];
  return { code, output: seen.output };
}

test('a generated context runs, restarts when a file changes, keeps its data, and survives a broken file', async () => {
  for (const port of ['commands', 'queries', 'health'] as const) ports[port] = await freePort();
  expect(await ended('generate', 'context', 'library', '--aggregate', 'Book')).toMatchObject({ code: 0 });
  expect(await ended('generate', 'context', 'library')).toMatchObject({
    code: 1,
    output: expect.stringContaining('exists already; nothing was written'),
  });
  expect(await ended('generate', 'aggregate', 'library', 'Member')).toMatchObject({ code: 0 });
  expect(await ended('generate', 'projection', 'library', 'members', '--of', 'Member')).toMatchObject({ code: 0 });
  const reminder = ['process-manager', 'library', 'NameBook', '--on', 'BookRenamed', '--send', 'RenameBook'];
  expect(await ended('generate', ...reminder)).toMatchObject({ code: 0 });
  expect(await ended('check', '--offline')).toMatchObject({ code: 0 });

  const running = daybook(['dev']);
  child = running.started;
  const says = (text: string) =>
    eventually(`it says: ${text}`, async () => running.seen.output.includes(text), 30_000).catch((error) => {
      throw new Error(`${error}\n${running.seen.output}`);
    });
  await says('The app is up: library');

  const book_uuid = randomUUID();
  const send = async (type: string, name: string) => {
    const response = await fetch(`http://127.0.0.1:${ports.commands}/commands/library/${type}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'consistency=strong' },
      body: JSON.stringify({ book_uuid, name }),
    });
    return { status: response.status, body: (await response.json()) as { error?: { code: string } } };
  };
  const nameOf = async () => {
    const response = await fetch(`http://127.0.0.1:${ports.queries}/library/books/${book_uuid}`);
    return ((await response.json()) as { name: string }).name;
  };
  expect((await send('CreateBook', 'Emma')).status).toBe(200);
  expect(await nameOf()).toBe('Emma');

  const source = join(folder, 'src/library/book.ts');
  const before = readFileSync(source, 'utf8');
  writeFileSync(source, before.replace('name_unchanged', 'same_name'));
  await says('book.ts changed: running again');
  expect(await nameOf()).toBe('Emma');
  expect(await send('RenameBook', 'Emma')).toMatchObject({ status: 422, body: { error: { code: 'same_name' } } });

  appendFileSync(source, 'const = ;\n');
  await says('waiting for the next change');
  writeFileSync(source, before);
  await eventually('it runs again', async () => (await send('RenameBook', 'Persuasion')).status === 200, 30_000);

  const config = join(folder, 'daybook.config.ts');
  const crashing = "queryRoutes: (api) => void api.get('/crash', () => process.exit(3)),";
  writeFileSync(config, readFileSync(config, 'utf8').replace('contexts:', `${crashing} contexts:`));
  await says('daybook.config.ts changed: running again');
  await fetch(`http://127.0.0.1:${ports.queries}/crash`).catch(() => {});
  await says('the app ended with exit code 3: waiting for the next change');
  writeFileSync(config, readFileSync(config, 'utf8').replace(crashing, ''));
  await eventually('it runs once more', async () => (await send('RenameBook', 'Sanditon')).status === 200, 30_000);

  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
}, 120_000);

test('Ctrl-C is heeded while the app waits for a database that is not there', async () => {
  const nowhere = 'postgres://a:b@127.0.0.1:1/c';
  const { started, seen } = daybook(['start', '--all'], { EVENT_STORE_URL: nowhere, READ_STORE_URL: nowhere });
  child = started;
  await eventually('it waits', async () => seen.output.includes('the database is not available yet'), 30_000);
  started.kill('SIGINT');
  // Far less than the minute that it would wait for the database.
  const ending = once(started, 'exit').then(([code]: (number | null)[]) => code);
  const late = new Promise((resolve) => setTimeout(() => resolve('too late'), 20_000).unref());
  expect(await Promise.race([ending, late])).toBe(0);
}, 60_000);
