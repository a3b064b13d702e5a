import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const MIN_NODE = [20, 19];
const STAMP = join(root, 'node_modules', '.installed-lockfile');
const onWindows = process.platform === 'win32';

/** Runs a program in the repository with its output shown; returns its exit code. */
export function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: onWindows }).status ?? 1;
}

/** Ends with a clear message when Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  if (enough) return;
  console.error(`Node ${MIN_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
  process.exit(1);
}

/** The command line of the pnpm that this repository is made for. */
export function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = packageManager.split('@')[1];
  const present = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', shell: onWindows });
  return present.stdout?.trim() === version ? ['pnpm'] : ['npx', '--yes', packageManager];
}

/** Installs the dependencies when they are missing or are not those of the lockfile. Returns whether they are there. */
export function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return true;
  console.log('Installing dependencies (only needed once).');
  const [command, ...first] = pnpm();
  const options = ['--frozen-lockfile', '--reporter=append-only', '--config.confirmModulesPurge=false'];
  if (run(command, [...first, 'install', ...options]) !== 0) return false;
  writeFileSync(STAMP, wanted);
  return true;
}

/** Compiles what changed. Returns whether it compiled. */
export function build() {
  return run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']) === 0;
}
