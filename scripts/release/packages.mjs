import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';

/** Reads a package.json. */
export function readManifest(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The folders below one, relative to the root, with slashes. */
function foldersIn(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
}

/** Every package of the workspace: its folder relative to the root, and its manifest. */
export function workspacePackages() {
  return [...foldersIn('packages').flatMap(foldersIn), ...foldersIn('services'), 'test', ...foldersIn('test')]
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder, 'package.json')) }));
}

/** The packages that are published: all that are not marked private. */
export function shippedPackages() {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}
