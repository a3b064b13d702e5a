import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root } from './prepare.mjs';

/** Runs the launcher with signals passed on; ends with its exit code. */
export function launch(args) {
  const main = join(root, 'packages', 'launcher', 'dist', 'main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], { cwd: root, stdio: 'inherit' });
  // In a terminal the launcher gets Ctrl-C by itself as well; it takes signals that come together for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
