/**
 * Dependencies point one way: services → adapters → core ← contexts.
 * Each rule is tried on a forbidden import by test/unit/boundaries.test.ts: a rule that matches nothing fails.
 */
/** `x.test.ts` are tests, `test-x.ts` is what a package's own tests share; neither is shipped. */
const tests = ['\\.test\\.ts$', '/test-[^/]+\\.ts$'];
/** `event-store` only chooses between two adapters. */
const adapters = '^packages/adapters/(?!event-store/)([^/]+)/src/';

/** One rule for each folder of the core: which other folders it may import. */
function coreRooms(rooms) {
  return Object.entries(rooms).map(([room, known]) => ({
    name: `core-${room}`,
    comment: `core/src/${room} may import ${known.length === 0 ? 'no other folder of the core' : known.join(', ')}.`,
    severity: 'error',
    from: { path: `^packages/model/core/src/${room}/`, pathNot: tests },
    to: { path: '^packages/model/core/src/', pathNot: `^packages/model/core/src/(${[room, ...known].join('|')})/` },
  }));
}

export default {
  forbidden: [
    {
      name: 'core-does-no-io',
      comment: 'The core is pure: it imports nothing of the workspace, and no driver, server or Node module.',
      severity: 'error',
      from: { path: '^packages/model/core/src/', pathNot: tests },
      to: { pathNot: ['^packages/model/core/src/', 'node_modules/(zod|uuid|lru-cache)/'] },
    },
    ...coreRooms({
      messages: [],
      caching: [],
      modelling: ['messages'],
      ports: ['messages', 'modelling'],
      concurrency: ['messages', 'ports'],
      deciding: ['messages', 'modelling', 'ports', 'concurrency', 'caching'],
      projecting: ['messages', 'modelling', 'ports', 'concurrency', 'caching'],
      subscribing: ['messages', 'modelling', 'ports', 'concurrency'],
      reading: ['messages', 'modelling', 'ports', 'concurrency', 'projecting'],
      reacting: ['messages', 'modelling', 'ports', 'concurrency', 'projecting'],
    }),
    {
      name: 'contexts-know-only-core-and-zod',
      severity: 'error',
      from: { path: '^packages/contexts/([^/]+)/src/', pathNot: tests },
      to: { pathNot: ['^packages/contexts/$1/', '^packages/model/core/', 'node_modules/zod/'] },
    },
    {
      name: 'adapters-know-only-core',
      comment: 'An adapter knows the ports and its driver; postgres is what both Postgres adapters stand on.',
      severity: 'error',
      from: { path: adapters, pathNot: tests },
      to: {
        path: '^(packages|services|test)/',
        pathNot: ['^packages/model/core/', '^packages/adapters/(postgres|$1)/'],
      },
    },
    {
      name: 'only-adapters-know-drivers',
      severity: 'error',
      from: {
        pathNot: [
          `${adapters}`,
          '^packages/(runtime/(local-servers|launcher)|model/client)/',
          '^services/migrate/',
          ...tests,
          '^test/',
        ],
      },
      to: { path: 'node_modules/(pg|amqplib|node-eventstore-client|nodemailer)/' },
    },
    {
      name: 'packages-do-not-know-services',
      comment: 'Only the command line starts them.',
      severity: 'error',
      from: { path: '^packages/', pathNot: ['^packages/runtime/cli/', ...tests] },
      to: { path: '^services/' },
    },
    {
      name: 'services-do-not-know-each-other',
      comment: 'Only the embedded mode composes them.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: ['^services/embedded/', ...tests] },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'what-proves-is-not-shipped',
      comment: 'What lies under test/ is for tests and proofs alone.',
      severity: 'error',
      from: {
        path: '^(packages|services)/',
        pathNot: tests,
      },
      to: { path: '^test/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|template)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
