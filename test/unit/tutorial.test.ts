import { readdirSync, readFileSync } from 'node:fs';
import { tutorialFiles, tutorialLines } from '../tutorial.ts';

const files = tutorialFiles();

test.each([...files])('%s is as the tutorial has it', (path, text) => {
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('the tutorial has every file of the accounts context, and one line in the list of contexts', () => {
  const own = readdirSync('packages/accounts/src').map((name) => `packages/accounts/src/${name}`);
  const others = [
    'packages/accounts/package.json',
    'packages/accounts/tsconfig.json',
    'packages/contexts/src/index.ts',
  ];
  expect([...files.keys()].sort()).toEqual([...own, ...others].sort());
});

test('what the tutorial adds to other files is there', () => {
  const lines = tutorialLines();
  expect(lines.map(({ path }) => path)).toEqual([
    'packages/contexts/package.json',
    'packages/contexts/tsconfig.json',
    'tsconfig.json',
  ]);
  for (const { path, text } of lines) expect(readFileSync(path, 'utf8')).toContain(text);
});
