import fc from 'fast-check';

/**
 * Runs before each test file: generated values are the same in every run, so that a test that passed once does not fail by
 * chance. fast-check prints the seed of a failure; FAST_CHECK_SEED sets it, and `npm run fuzz` takes new ones.
 */
const seed = process.env.FAST_CHECK_SEED;
fc.configureGlobal({ numRuns: 200, seed: seed ? Number(seed) : 1 });
