import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { problemsOfReadmes } from './check-readmes.mjs';
import { incompleteManifests } from './manifests.mjs';
import { pack, removeLeftovers } from './pack.mjs';
import { shippedPackages, workspacePackages } from './packages.mjs';

const FIELDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
/** What is published is ESM alone: how it looks to older resolutions does not matter. */
const OTHERS = ['node10', 'node16-cjs'];

/** @returns one line for each thing that is wrong with what would be published */
async function findProblems() {
  const problems = incompleteManifests().map((folder) => `${folder}/package.json: run 'npm run manifests'`);
  const hidden = workspacePackages().filter(({ manifest }) => manifest.private === true);
  const secret = new Set(hidden.map(({ manifest }) => manifest.name));
  for (const { folder, manifest } of shippedPackages()) {
    for (const name of FIELDS.flatMap((field) => Object.keys(manifest[field] ?? {}))) {
      if (secret.has(name)) problems.push(`${folder}/package.json: depends on ${name}, which is not published`);
    }
    if (!manifest.description || !manifest.keywords)
      problems.push(`${folder}/package.json: no description or keywords`);
  }
  problems.push(...problemsOfReadmes());
  // They may be why packing fails.
  if (problems.length > 0) return problems;
  const tarballs = mkdtempSync(join(tmpdir(), 'daybook-tarballs-'));
  try {
    removeLeftovers();
    pack(tarballs);
    for (const file of readdirSync(tarballs)) problems.push(...(await problemsOf(join(tarballs, file))));
  } finally {
    rmSync(tarballs, { recursive: true, force: true });
  }
  return problems;
}

/** What the tools say of one tarball. */
async function problemsOf(file) {
  const data = readFileSync(file);
  const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  const { messages, pkg } = await publint({ pack: { tarball } });
  const said = messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
  return [...said, ...(await wrongTypes(data, pkg))].map((line) => `${pkg.name}: ${line}`);
}

/** What somebody would meet who imports the package in TypeScript. */
async function wrongTypes(data, manifest) {
  // Nobody imports what is only a command.
  if (manifest.exports === undefined) return [];
  const { types, problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
  if (types === false) return ['types: it has none'];
  return problems
    .filter(({ resolutionKind, resolutionOption }) => !OTHERS.includes(resolutionKind ?? resolutionOption))
    .map((problem) => `types: ${JSON.stringify(problem)}`);
}

const problems = await findProblems();
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
