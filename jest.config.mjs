/** Unit tests lie beside the code; integration tests need real servers; end-to-end tests run the whole system. */
const common = {
  testEnvironment: 'node',
  // Five seconds, the default, are little on a machine that is busy with servers.
  testTimeout: 60_000,
  transform: {
    '/node-eventstore-client/src/utils/modules\\.js$': '<rootDir>/scripts/jest-client-modules.mjs',
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/.pnpm/(?!(uuid|lru-cache|fastify-type-provider-zod|@apidevtools\\+json-schema-ref-parser)@|.+/node-eventstore-client/src/utils/)',
  ],
  moduleNameMapper: {
    '^@daybook/(command-gateway|command-service|process-manager|projector|query-service|embedded|event-handler)$':
      '<rootDir>/services/$1/src/index.ts',
    '^@daybook/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
};
const project = (displayName, testMatch, more = {}) => ({ ...common, displayName, testMatch, ...more });

export default {
  projects: [
    project('unit', ['<rootDir>/{packages,services}/*/src/**/*.test.ts', '<rootDir>/test/unit/**/*.test.ts'], {
      testPathIgnorePatterns: ['\\.int\\.test\\.ts$', '/dist/'],
    }),
    project('int', ['<rootDir>/{packages,services}/*/src/**/*.int.test.ts']),
    project('contract', ['<rootDir>/test/contract/**/*.test.ts']),
    project('e2e', ['<rootDir>/test/e2e/**/*.test.ts']),
  ],
};
