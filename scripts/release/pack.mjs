import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpm, root } from '../prepare.mjs';
import { shippedPackages } from './packages.mjs';

/** What the compiler left of sources that are gone: it would be published with the rest. */
export function removeLeftovers() {
  for (const { folder } of shippedPackages()) {
    const dist = join(root, folder, 'dist');
    if (!existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true })) {
      const source = file.replace(/\.(js|js\.map|d\.ts|d\.ts\.map)$/, '.ts');
      if (source !== file && !existsSync(join(root, folder, 'src', source))) rmSync(join(dist, file));
    }
  }
}

/**
 * Packs every package that is published, as publishing would.
 * @param target a folder for the tarballs, which is made
 * @param workspace the repository, or a copy of it with its dependencies installed
 * @throws Error with what pnpm said
 */
export function pack(target, workspace = root) {
  mkdirSync(target, { recursive: true });
  const [command, ...first] = pnpm();
  const filters = shippedPackages().flatMap(({ manifest }) => ['--filter', manifest.name]);
  const args = [...first, '--recursive', ...filters, 'pack', '--pack-destination', resolve(target)];
  const result = spawnSync(command, args, { cwd: workspace, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) throw new Error(`the packages can't be packed\n${result.stdout}${result.stderr}`);
}

// node scripts/release/pack.mjs <target> [workspace]
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target, workspace] = process.argv.slice(2);
  pack(target, workspace);
}
