import { readdirSync, readFileSync } from 'node:fs';
import { tutorialFiles } from '../tutorial.ts';

const SOURCES = 'packages/contexts/accounts/src';
const ofContext = [...tutorialFiles()]
  .filter(([path]) => path.startsWith('src/accounts/'))
  .map(([path, text]) => [path.replace('src/accounts/', ''), text] as const);

test.each(ofContext)('%s is as the tutorial has it', (file, text) => {
  expect(readFileSync(`${SOURCES}/${file}`, 'utf8')).toBe(text);
});

test('the tutorial has every file of the accounts context', () => {
  expect(ofContext.map(([file]) => file).sort()).toEqual(readdirSync(SOURCES).sort());
});
