/**
 * Copies what a service needs at run time, and nothing else: its dist, that of the workspace packages it depends on,
 * the production dependencies that were installed for them, and the migrations for the job that runs them.
 * Usage: node infra/docker/gather.mjs <service> <target folder>
 */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [service, target] = process.argv.slice(2);
const folders = workspaceFolders(join('services', service));
if (service === 'migrate') folders.push('infra/migrations');

copy('package.json');
copy('node_modules');
for (const folder of folders) {
  if (!existsSync(join(folder, 'package.json'))) copy(folder);
  else for (const part of ['package.json', 'dist', 'node_modules']) copy(join(folder, part));
}

/** @returns the folder itself and those of all workspace packages it depends on, however far away */
function workspaceFolders(folder, found = []) {
  if (found.includes(folder)) return found;
  found.push(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const [name, version] of Object.entries(dependencies)) {
    if (!version.startsWith('workspace:')) continue;
    const short = name.replace('@daybook/', '');
    workspaceFolders(existsSync(join('packages', short)) ? join('packages', short) : join('services', short), found);
  }
  return found;
}

/** Links stay links: pnpm's are relative, and right again in the same layout. */
function copy(path) {
  if (!existsSync(path)) return;
  mkdirSync(join(target, dirname(path)), { recursive: true });
  cpSync(path, join(target, path), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !/\.(tsbuildinfo|d\.ts|d\.ts\.map)$/.test(file) || !file.includes('/dist/'),
  });
}
