import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../prepare.mjs';
import { readManifest, shippedPackages } from './packages.mjs';

/** The order in which a manifest is read; what is not named here comes last. */
const ORDER = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'repository',
  'type',
  'sideEffects',
  'bin',
  'exports',
  'files',
  'engines',
  'publishConfig',
  'dependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'devDependencies',
];

/** The sources travel, so that stack traces and "go to definition" lead to TypeScript; tests stay at home. */
const FILES = ['dist', 'src', '!src/**/*.test.ts', '!src/**/test-*.ts'];

/** @returns the manifest as it must be: what all packages share is taken from the root's */
function completed({ folder, manifest }) {
  const { repository, license, engines } = readManifest(join(root, 'package.json'));
  const files = manifest.files ?? [];
  const complete = {
    sideEffects: folder.startsWith('services/') ? ['./dist/main.js'] : false,
    ...manifest,
    license,
    repository: { ...repository, directory: folder },
    engines,
    files: [...FILES, ...files.filter((one) => !FILES.includes(one))],
    publishConfig: { access: 'public' },
  };
  if (complete.bin !== undefined && complete.exports === undefined) delete complete.sideEffects;
  const names = [...ORDER, ...Object.keys(complete).filter((name) => !ORDER.includes(name))];
  return Object.fromEntries(names.filter((name) => name in complete).map((name) => [name, complete[name]]));
}

/** Completes the manifests of all shipped packages, or only says which are not as they must be. */
export function incompleteManifests({ write = false } = {}) {
  return shippedPackages().flatMap((one) => {
    const file = join(root, one.folder, 'package.json');
    const wanted = `${JSON.stringify(completed(one), null, 2)}\n`;
    if (readFileSync(file, 'utf8') === wanted) return [];
    if (write) writeFileSync(file, wanted);
    return [one.folder];
  });
}

// node scripts/release/manifests.mjs
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of incompleteManifests({ write: true })) console.log(`${folder}/package.json was completed`);
}
