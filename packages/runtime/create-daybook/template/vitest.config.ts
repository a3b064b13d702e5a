import { defineConfig } from 'vitest/config';

// The end-to-end test starts a Postgres of its own, which takes a few seconds.
export default defineConfig({ test: { testTimeout: 30_000, hookTimeout: 120_000, exclude: ['node_modules', 'dist'] } });
