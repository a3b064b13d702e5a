import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run } from './prepare.mjs';

const PROJECTS = ['unit', 'int', 'contract', 'e2e'];

function jestOptions(args) {
  const at = args.indexOf('--json');
  const file = args[at + 1];
  if (at < 0 || file === undefined || file.startsWith('-')) return args;
  return [...args.slice(0, at), '--json', '--outputFile', file, ...args.slice(at + 2)];
}

/** Installs what is missing before any test has to wait for it. */
export async function prepareServers() {
  const localServers = join(root, 'packages', 'local-servers', 'dist', 'index.js');
  const { prepareRabbitmq } = await import(pathToFileURL(localServers).href);
  if (!(await prepareRabbitmq(console.log))) console.error('There is no RabbitMQ here: tests that need it will fail.');
}

/** Runs Jest on the projects named first in `args`, or on all; the rest goes to Jest. Returns its exit code. */
export async function test(args) {
  const end = args.findIndex((arg) => !PROJECTS.includes(arg));
  const named = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end);
  const projects = named.length > 0 ? named : PROJECTS;
  // Tests that start servers run one after another.
  const withServers = projects.some((project) => project !== 'unit');
  const inBand = withServers ? ['--runInBand'] : [];
  if (withServers) await prepareServers();
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  if (!existsSync(jest)) throw new Error('Jest is not installed');
  return run(process.execPath, [
    jest,
    '--selectProjects',
    ...projects,
    '--passWithNoTests',
    ...inBand,
    ...jestOptions(rest),
  ]);
}
