import { prepareServers } from './jest.mjs';
import { run } from './prepare.mjs';

/** Measures the whole system on private servers. Returns the exit code. */
export async function bench(args) {
  await prepareServers();
  return run(process.execPath, ['--enable-source-maps', 'test/bench/dist/main.js', ...args]);
}
