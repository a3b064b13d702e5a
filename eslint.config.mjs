import tseslint from 'typescript-eslint';
import { noInheritedLookup } from './scripts/lint/no-inherited-lookup.mjs';

/** Biome does the rest: here only the rules that need types. A forgotten await loses an acknowledgement. */
export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.daybook/**', '**/*.mjs'] },
  {
    files: ['packages/*/*/src/**/*.ts', 'services/*/src/**/*.ts', 'test/**/*.ts'],
    plugins: {
      '@typescript-eslint': tseslint.plugin,
      daybook: { rules: { 'no-inherited-lookup': noInheritedLookup } },
    },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: [
          'packages/*/*/tsconfig.json',
          'services/*/tsconfig.json',
          'test/*/tsconfig.json',
          'tsconfig.tests.json',
        ],
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { requireDefaultForNonUnion: true }],
    },
  },
  {
    files: ['packages/*/*/src/**/*.ts', 'services/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/test-*.ts'],
    rules: { 'daybook/no-inherited-lookup': 'error' },
  },
);
