import { prepareServers } from './jest.mjs';
import { run } from './prepare.mjs';

/** Runs the system under load, and harms it. Returns the exit code. */
export async function chaos(args) {
  await prepareServers();
  return run(process.execPath, ['--enable-source-maps', 'test/chaos/dist/main.js', ...args]);
}
