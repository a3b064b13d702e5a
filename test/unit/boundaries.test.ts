import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A forbidden import for each rule. */
const forbidden: Record<string, readonly [file: string, imports: string]> = {
  'core-does-no-io': ['packages/model/core/src/a.ts', 'node:fs'],
  'contexts-know-only-core-and-zod': ['packages/contexts/loans/src/a.ts', '../../../adapters/rabbitmq/src/index.ts'],
  'adapters-know-only-core': ['packages/adapters/rabbitmq/src/a.ts', '../../read-store-postgres/src/index.ts'],
  'only-adapters-know-drivers': ['packages/runtime/service/src/a.ts', 'pg'],
  'packages-do-not-know-services': ['packages/model/client/src/a.ts', '../../../../services/projector/src/index.ts'],
  'services-do-not-know-each-other': ['services/projector/src/a.ts', '../../migrate/src/index.ts'],
  'what-proves-is-not-shipped': ['services/projector/src/b.ts', '../../../test/test-support/src/index.ts'],
  'core-messages': ['packages/model/core/src/messages/a.ts', '../modelling/none.ts'],
  'core-caching': ['packages/model/core/src/caching/a.ts', '../modelling/none.ts'],
  'core-modelling': ['packages/model/core/src/modelling/a.ts', '../ports/none.ts'],
  'core-ports': ['packages/model/core/src/ports/a.ts', '../concurrency/none.ts'],
  'core-concurrency': ['packages/model/core/src/concurrency/a.ts', '../modelling/none.ts'],
  'core-deciding': ['packages/model/core/src/deciding/a.ts', '../projecting/none.ts'],
  'core-projecting': ['packages/model/core/src/projecting/a.ts', '../reading/none.ts'],
  'core-subscribing': ['packages/model/core/src/subscribing/a.ts', '../projecting/none.ts'],
  'core-reading': ['packages/model/core/src/reading/a.ts', '../reacting/none.ts'],
  'core-reacting': ['packages/model/core/src/reacting/a.ts', '../reading/none.ts'],
  'no-circles': ['packages/runtime/service/src/circle.ts', './circle2.ts'],
  resolvable: ['packages/runtime/service/src/b.ts', './nowhere.ts'],
};
const targets = [
  ...['modelling', 'ports', 'concurrency', 'projecting', 'reading', 'reacting'].map(
    (room) => `packages/model/core/src/${room}/none.ts`,
  ),
  'packages/adapters/rabbitmq/src/index.ts',
  'packages/adapters/read-store-postgres/src/index.ts',
  'test/test-support/src/index.ts',
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
  write('packages/runtime/service/src/circle2.ts', "import './circle.ts';\n");
  write('test/none.ts', 'export {};\n');
  write('packages/runtime/service/package.json', '{"dependencies":{"pg":"*"}}');
  mkdirSync(join(folder, 'packages/runtime/service/node_modules'));
  symlinkSync(
    resolve('packages/adapters/postgres/node_modules/pg'),
    join(folder, 'packages/runtime/service/node_modules/pg'),
  );
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
