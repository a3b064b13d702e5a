import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { publish } from 'libnpmpublish';
import type { Registry } from './registry.ts';
import { run } from './run.ts';

const MINUTE = 60_000;
/** What the packages of the workspace, and nothing else, need to be packed. */
const COPIED = [
  '.changeset',
  '.npmrc',
  'LICENSE',
  'package.json',
  'packages',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'services',
];

/** A copy of the workspace whose versions may be raised. */
export interface Workspace {
  /** Packs what is published. @returns the tarballs */
  pack(): Promise<readonly string[]>;
  /** Raises all versions by a patch, as a release does. @returns the new version */
  raise(): Promise<string>;
  readonly version: string;
}

/** Copies the workspace as it was built, without the dependencies, which are linked again from pnpm's store. */
export async function copyWorkspace(root: string, folder: string): Promise<Workspace> {
  for (const part of COPIED) {
    cpSync(join(root, part), join(folder, part), {
      recursive: true,
      filter: (file) => basename(file) !== 'node_modules' && basename(file) !== '.daybook',
    });
  }
  // What the root depends on are tools, and packages that are not published.
  const manifest = readManifest(folder);
  const pnpm = ['--yes', manifest.packageManager ?? 'pnpm'];
  delete manifest.dependencies;
  delete manifest.devDependencies;
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const options = { cwd: folder, env: process.env, timeoutMs: 2 * MINUTE };
  const install = () =>
    run('npx', [...pnpm, 'install', '--prefer-offline', '--ignore-scripts', '--no-frozen-lockfile'], options);
  await install();
  const core = join(folder, 'packages', 'model', 'core');
  return {
    version: readManifest(core).version ?? '',
    async pack() {
      const target = join(folder, 'tarballs');
      rmSync(target, { recursive: true, force: true });
      await run(process.execPath, [join(root, 'scripts', 'release', 'pack.mjs'), target, folder], options);
      return readdirSync(target).map((file) => join(target, file));
    },
    async raise() {
      const change = '---\n"@daybook/core": patch\n---\n\nRaised by the test of releases.\n';
      writeFileSync(join(folder, '.changeset', 'raise.md'), change);
      const changesets = createRequire(join(root, 'package.json')).resolve('@changesets/cli/bin.js');
      // It asks Git about the change; there is none here.
      await run('git', ['init', '--quiet'], options);
      await run(process.execPath, [changesets, 'version'], options);
      await install();
      return readManifest(core).version ?? '';
    },
  };
}

/** Publishes tarballs as npm does. @returns the names of the packages */
export async function publishAll(tarballs: readonly string[], { url, token }: Registry): Promise<readonly string[]> {
  const names: string[] = [];
  for (const tarball of tarballs) {
    const data = readFileSync(tarball);
    const manifest = JSON.parse(fileIn(data, 'package/package.json')) as Parameters<typeof publish>[0];
    const options = { registry: url, forceAuth: { token }, access: 'public', defaultTag: 'latest' };
    await publish(manifest, data, options as unknown as Parameters<typeof publish>[2]);
    names.push(manifest.name);
  }
  return names;
}

/** A text file of a tarball. */
function fileIn(tarball: Buffer, wanted: string): string {
  const tar = gunzipSync(tarball);
  for (let at = 0; at < tar.length; ) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('utf8', at + 124, at + 136), 8) || 0;
    if (name === wanted) return tar.toString('utf8', at + 512, at + 512 + size);
    at += 512 + 512 * Math.ceil(size / 512);
  }
  throw new Error(`a package without ${wanted}`);
}

interface Manifest {
  version?: string;
  packageManager?: string;
  dependencies?: unknown;
  devDependencies?: unknown;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
