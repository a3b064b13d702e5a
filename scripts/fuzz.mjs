import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { prepareServers } from './jest.mjs';
import { root, run } from './prepare.mjs';

/** The tests that send anything at either wire. */
const TESTS = 'rabbitmq/src/(hostile-messages|frame-gate|lost-topology)|test/e2e/(any-request|what-is-accepted)';

/**
 * Sends generated messages and requests at real servers, with a fresh seed each round, until the time is over or something
 * is found. Returns the exit code.
 */
export async function fuzz(args) {
  const option = (name) => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : undefined);
  const minutes = option('--minutes') ?? 10;
  const replayed = option('--seed');
  if (Number.isNaN(minutes) || Number.isNaN(replayed)) {
    console.error('error: --minutes and --seed are numbers');
    return 2;
  }
  await prepareServers();
  const until = Date.now() + minutes * 60_000;
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  let rounds = 0;
  do {
    const seed = replayed ?? randomInt(2 ** 31 - 1);
    console.log(`round ${rounds + 1}, seed ${seed}`);
    process.env.FAST_CHECK_SEED = String(seed);
    const code = run(process.execPath, [jest, '--maxWorkers', '1', '--testPathPatterns', TESTS]);
    if (code !== 0) {
      console.error(`fuzz: ${rounds} passed, 1 failed; 'npm run fuzz -- --seed ${seed}' repeats it`);
      return code;
    }
    rounds++;
  } while (replayed === undefined && Date.now() < until);
  console.log(`fuzz: ${rounds} passed, 0 failed`);
  return 0;
}
