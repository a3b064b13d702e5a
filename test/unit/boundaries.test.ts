import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A forbidden import for each rule. */
const forbidden: Record<string, readonly [file: string, imports: string]> = {
  'core-does-no-io': ['packages/core/src/a.ts', 'node:fs'],
  'contexts-know-only-core-and-zod': ['packages/loans/src/a.ts', '../../rabbitmq/src/index.ts'],
  'adapters-know-only-core': ['packages/rabbitmq/src/a.ts', '../../read-store-postgres/src/index.ts'],
  'only-adapters-know-drivers': ['packages/service/src/a.ts', 'pg'],
  'packages-do-not-know-services': ['packages/client/src/a.ts', '../../../services/projector/src/index.ts'],
  'services-do-not-know-each-other': ['services/projector/src/a.ts', '../../migrate/src/index.ts'],
  'tests-are-for-tests': ['services/projector/src/b.ts', '../../../packages/testing/src/index.ts'],
  'no-circles': ['packages/service/src/circle.ts', './circle2.ts'],
  resolvable: ['packages/service/src/b.ts', './nowhere.ts'],
};
const targets = [
  'packages/rabbitmq/src/index.ts',
  'packages/read-store-postgres/src/index.ts',
  'packages/testing/src/index.ts',
  'services/projector/src/index.ts',
  'services/migrate/src/index.ts',
];

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

let folder: string;
let report: Report;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-boundaries-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const file of targets) write(file, 'export {};\n');
  for (const [file, imports] of Object.values(forbidden)) write(file, `import '${imports}';\n`);
  write('packages/service/src/circle2.ts', "import './circle.ts';\n");
  write('test/none.ts', 'export {};\n');
  write('packages/service/package.json', '{"dependencies":{"pg":"*"}}');
  mkdirSync(join(folder, 'packages/service/node_modules'));
  symlinkSync(resolve('packages/postgres/node_modules/pg'), join(folder, 'packages/service/node_modules/pg'));
  for (const file of ['.dependency-cruiser.mjs', 'tsconfig.tests.json', 'tsconfig.base.json'])
    copyFileSync(file, join(folder, file));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const script = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [script, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'packages', 'services'];
  report = JSON.parse(
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 }),
  ) as Report;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.entries(forbidden))('%s finds what it forbids', (rule, [file]) => {
  const found = report.summary.violations.filter(({ from }) => from === file).map((violation) => violation.rule.name);
  expect(found).toContain(rule);
});

test('every rule is tried', () => {
  expect(report.summary.ruleSetUsed.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(forbidden).sort());
});
