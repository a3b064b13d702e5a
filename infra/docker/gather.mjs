/**
 * Copies what the app needs at run time, and nothing else: its compiled configuration, the workspace packages that it
 * depends on, however far away, and the production dependencies that were installed for them.
 * Usage: node infra/docker/gather.mjs <target folder>
 */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where workspace packages lie. */
const PLACES = ['packages/model', 'packages/adapters', 'packages/runtime', 'packages/contexts', 'services'];
/** What is taken of each. */
const PARTS = ['package.json', 'dist', 'migrations', 'node_modules'];

const [target] = process.argv.slice(2);
for (const folder of workspaceFolders('.')) for (const part of PARTS) copy(join(folder, part));

/** @returns the folder itself and those of all workspace packages it depends on, however far away */
function workspaceFolders(folder, found = []) {
  if (found.includes(folder)) return found;
  found.push(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const [name, version] of Object.entries(dependencies)) {
    if (!version.startsWith('workspace:')) continue;
    const short = name.replace('@daybook/', '');
    const place = PLACES.map((one) => join(one, short)).find((one) => existsSync(join(one, 'package.json')));
    workspaceFolders(place, found);
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
