import { prepareServers } from './jest.mjs';
import { run } from './prepare.mjs';
import { removeLeftovers } from './release/pack.mjs';

/** Publishes the packages to a registry of its own, and uses and upgrades them from there. Returns the exit code. */
export async function release() {
  removeLeftovers();
  await prepareServers();
  return run(process.execPath, ['--enable-source-maps', 'test/release/dist/main.js']);
}
