import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Each line is a lookup; those that end with `found` are to be found. */
const LOOKUPS = `
declare const table: Record<string, number>;
declare const maybe: Record<string, number> | undefined;
declare const list: number[];
declare const map: Map<string, number>;
export const any = (name: string) => table[name]; // found
export const optional = (name: string) => maybe?.[name]; // found
export const added = (name: string) => { table[name] += 1; }; // found
export const known = (name: 'a' | 'b') => table[name];
export const literal = () => table['a'];
export const written = (name: string) => { table[name] = 1; };
export const place = (at: number) => list[at];
export const inMap = (name: string) => map.get(name);
`;

test('a lookup by any name in a plain object is found, and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-lint-'));
  const { pathname: parser } = new URL(`file://${resolve('node_modules/typescript-eslint/dist/index.js')}`);
  writeFileSync(join(folder, 'lookups.ts'), LOOKUPS);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { strict: true }, files: ['lookups.ts'] }),
  );
  writeFileSync(
    join(folder, 'eslint.config.mjs'),
    `import tseslint from '${parser}';
     import { noInheritedLookup } from '${resolve('scripts/lint/no-inherited-lookup.mjs')}';
     export default [{
       files: ['*.ts'],
       plugins: { daybook: { rules: { 'no-inherited-lookup': noInheritedLookup } } },
       languageOptions: { parser: (tseslint.default ?? tseslint).parser, parserOptions: { project: ['tsconfig.json'], tsconfigRootDir: '${folder}' } },
       rules: { 'daybook/no-inherited-lookup': 'warn' },
     }];`,
  );
  const said = execFileSync(
    process.execPath,
    [resolve('node_modules/eslint/bin/eslint.js'), 'lookups.ts', '-f', 'json'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  rmSync(folder, { recursive: true });
  const [{ messages }] = JSON.parse(said) as [{ messages: { line: number }[] }];
  const expected = LOOKUPS.split('\n').flatMap((line, n) => (line.endsWith('// found') ? [n + 1] : []));
  expect(messages.map(({ line }) => line)).toEqual(expected);
});
