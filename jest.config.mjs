/** Unit tests lie beside the code; integration tests need real servers; end-to-end tests run the whole system. */
const common = {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/scripts/jest-fast-check.mjs'],
  transform: {
    '/node-eventstore-client/src/utils/modules\\.js$': '<rootDir>/scripts/jest-client-modules.mjs',
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/.pnpm/(?!(uuid|lru-cache|fastify-type-provider-zod|node-pg-migrate|@apidevtools\\+json-schema-ref-parser)@|.+/node-eventstore-client/src/utils/)',
  ],
  moduleNameMapper: {
    '^@daybook/([^/]+)$': [
      'packages/model',
      'packages/adapters',
      'packages/runtime',
      'packages/contexts',
      'services',
      'test',
    ].map((folder) => `<rootDir>/${folder}/$1/src/index.ts`),
  },
};
const sources = '<rootDir>/{packages/*,services,test}/*/src';
const project = (displayName, testMatch, more = {}) => ({ ...common, displayName, testMatch, ...more });

export default {
  // Five seconds, the default, are little on a machine that is busy with servers. It counts for all projects, or not at all.
  testTimeout: 60_000,
  // What the files before left in memory makes a process slow: then a new one goes on.
  workerIdleMemoryLimit: '600MB',
  projects: [
    project('unit', [`${sources}/**/*.test.ts`, '<rootDir>/test/unit/**/*.test.ts'], {
      testPathIgnorePatterns: ['\\.int\\.test\\.ts$', '/dist/'],
    }),
    project('int', [`${sources}/**/*.int.test.ts`]),
    project('contract', ['<rootDir>/test/contract/**/*.test.ts']),
    project('e2e', ['<rootDir>/test/e2e/**/*.test.ts']),
  ],
};
