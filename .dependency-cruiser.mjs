/**
 * Dependencies point one way: services → adapters → core ← contexts.
 * Each rule is tried on a forbidden import by test/unit/boundaries.test.ts: a rule that matches nothing fails.
 */
/** `x.test.ts` are tests, `test-x.ts` is what a package's own tests share; neither is shipped. */
const tests = ['\\.test\\.ts$', '/test-[^/]+\\.ts$'];
const contexts = '^packages/(accounts|loans|meetups)/src/';
const adapters =
  '^packages/(event-store-postgres|event-store-eventstoredb|in-memory|read-store-postgres|rabbitmq|postgres|smtp)/src/';

export default {
  forbidden: [
    {
      name: 'core-does-no-io',
      comment: 'The core is pure: it imports nothing of the workspace, and no driver, server or Node module.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { pathNot: ['^packages/core/src/', 'node_modules/(zod|uuid|lru-cache)/'] },
    },
    {
      name: 'contexts-know-only-core-and-zod',
      severity: 'error',
      from: { path: contexts, pathNot: tests },
      to: { pathNot: [contexts, '^packages/core/', 'node_modules/zod/'] },
    },
    {
      name: 'adapters-know-only-core',
      comment: 'An adapter knows the ports and its driver; postgres is what both Postgres adapters stand on.',
      severity: 'error',
      from: { path: adapters, pathNot: tests },
      to: { path: '^(packages|services)/', pathNot: ['^packages/(core|postgres)/', '^packages/$1/'] },
    },
    {
      name: 'only-adapters-know-drivers',
      severity: 'error',
      from: {
        pathNot: [
          `${adapters}`,
          '^packages/(local-servers|launcher|client|chaos|bench)/',
          '^services/migrate/',
          ...tests,
          '^test/',
        ],
      },
      to: { path: 'node_modules/(pg|amqplib|node-eventstore-client|nodemailer)/' },
    },
    {
      name: 'packages-do-not-know-services',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'services-do-not-know-each-other',
      comment: 'Only the embedded mode composes them.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/embedded/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'tests-are-for-tests',
      comment:
        'Test support stays out of what is shipped; launcher, chaos and bench, which are not shipped either, start the same servers.',
      severity: 'error',
      from: {
        path: '^(packages|services)/([^/]+)/',
        pathNot: [...tests, '^packages/(testing|launcher|chaos|bench)/', '^services/mail-catcher/'],
      },
      to: { path: '^packages/(testing|local-servers|eventstoredb-stand-in|smtp-sink)/', pathNot: '^$1/$2/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
