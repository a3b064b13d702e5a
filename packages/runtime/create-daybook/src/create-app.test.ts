import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appFiles } from './app-files.ts';
import { createApp } from './create-app.ts';
import { EVENT_STORES, PACKAGE_MANAGERS, problemOfName } from './options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-daybook-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = { name: 'my-app', packageManager: 'npm', eventStore: 'postgres', daybookVersion: '^1.2.3' } as const;

test('an app has its files, and nothing is left to fill in', () => {
  createApp(join(folder, 'my-app'), options);
  const read = (file: string) => readFileSync(join(folder, 'my-app', file), 'utf8');
  expect(JSON.parse(read('package.json'))).toMatchObject({
    name: 'my-app',
    dependencies: { '@daybook/core': '^1.2.3' },
  });
  for (const file of [
    '.gitignore',
    '.github/workflows/ci.yml',
    'Dockerfile',
    'docker-compose.yml',
    'src/library/book.ts',
  ])
    expect(existsSync(join(folder, 'my-app', file))).toBe(true);
});

test.each(PACKAGE_MANAGERS.flatMap((one) => EVENT_STORES.map((store) => [one, store] as const)))(
  '%s, %s: every word of the templates is known',
  (packageManager, eventStore) => {
    for (const { text } of appFiles({ ...options, packageManager, eventStore }))
      expect(text).not.toMatch(/\{\{\w+\}\}/);
  },
);

test('the EventStoreDB adapter and its server come only when they are asked for', () => {
  const texts = (eventStore: 'postgres' | 'eventstoredb') =>
    appFiles({ ...options, eventStore })
      .map(({ text }) => text)
      .join('\n');
  expect(texts('postgres')).not.toContain('eventstoredb');
  expect(texts('eventstoredb')).toContain('@daybook/event-store-eventstoredb');
  expect(texts('eventstoredb')).toContain('eventstoredb: { condition: service_healthy }');
});

test('a folder with something in it is left alone', () => {
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  expect(() => createApp(folder, options)).toThrow(/is not empty; nothing was written/);
  expect(existsSync(join(folder, 'package.json'))).toBe(false);
});

test.each(['My-App', '1app', 'a_b', 'a b', '', '../x'])("'%s' can't be a name", (name) => {
  expect(problemOfName(name)).toContain("can't name an app");
});
