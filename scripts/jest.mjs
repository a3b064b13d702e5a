import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run } from './prepare.mjs';

const PROJECTS = ['unit', 'int', 'contract', 'e2e'];

/** Where the results go, as `--json FILE` says, and the other arguments. */
function jsonFile(args) {
  const at = args.indexOf('--json');
  const file = args[at + 1];
  if (at < 0 || file === undefined || file.startsWith('-')) return { file: undefined, rest: args };
  return { file, rest: [...args.slice(0, at), ...args.slice(at + 2)] };
}

/** One file of results from those of several runs: the numbers added, the lists joined. */
function joinResults(files, into) {
  const results = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const sum = (name) => results.reduce((total, result) => total + result[name], 0);
  const names = ['numPassedTests', 'numFailedTests', 'numPendingTests', 'numRuntimeErrorTestSuites'];
  const counts = Object.fromEntries(names.map((name) => [name, sum(name)]));
  writeFileSync(into, JSON.stringify({ ...counts, testResults: results.flatMap(({ testResults }) => testResults) }));
  for (const file of files) rmSync(file);
}

/** Installs what is missing before any test has to wait for it. */
export async function prepareServers() {
  const localServers = join(root, 'packages', 'runtime', 'local-servers', 'dist', 'index.js');
  const { preparePgbouncer, prepareRabbitmq } = await import(pathToFileURL(localServers).href);
  if (!(await prepareRabbitmq(console.log))) console.error('There is no RabbitMQ here: tests that need it will fail.');
  if (!(await preparePgbouncer(console.log)))
    console.error('There is no PgBouncer here: tests through it are left out.');
}

/** Runs Jest on the projects named first in `args`, or on all; the rest goes to Jest. Returns its exit code. */
export async function test(args) {
  const end = args.findIndex((arg) => !PROJECTS.includes(arg));
  const named = end < 0 ? args : args.slice(0, end);
  const { file, rest } = jsonFile(end < 0 ? [] : args.slice(end));
  const projects = named.length > 0 ? named : PROJECTS;
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  if (!existsSync(jest)) throw new Error('Jest is not installed');

  const withServers = projects.filter((project) => project !== 'unit');
  const runs = [];
  if (projects.includes('unit'))
    runs.push(['--maxWorkers', String(Math.max(2, availableParallelism() - 1)), '--selectProjects', 'unit']);
  // Tests that start servers run one after another.
  if (withServers.length > 0) {
    await prepareServers();
    runs.push(['--maxWorkers', '1', '--selectProjects', ...withServers]);
  }
  let code = 0;
  const files = runs.map((_, index) => `${file}.${index}`);
  for (const [index, options] of runs.entries()) {
    const results = file === undefined ? [] : ['--json', '--outputFile', files[index]];
    code = run(process.execPath, [jest, ...options, '--passWithNoTests', ...results, ...rest]) || code;
  }
  if (file !== undefined) joinResults(files.filter(existsSync), file);
  return code;
}
