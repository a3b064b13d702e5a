import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const PARENT_CHECK_MS = 500;

/** Runs the launcher with signals passed on; ends with its exit code. */
export function launch(args) {
  const main = join(root, 'packages', 'runtime', 'launcher', 'dist', 'main.js');
  // By the channel (ipc) the launcher notices when this process is gone without a signal.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], { cwd: root, stdio });
  // In a terminal the launcher gets Ctrl-C by itself as well; it takes signals that come together for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  if (process.env.npm_lifecycle_event) stopWithNpm(child);
}

/** The processes above this one: npm's shell and, where /proc tells, npm. */
function ancestors() {
  const parent = process.ppid;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    return `${parent} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return `${parent}`;
  }
}

/** npm passes signals to its shell, which may die of them without passing them on; npm may be killed itself. */
function stopWithNpm(child) {
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
}
