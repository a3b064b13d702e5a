/**
 * Compares the public names of each package with the report in its folder `etc`: a change of the public surface shows in a
 * diff. With `--write` the reports are written anew. Needs the build.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { root } from '../prepare.mjs';
import { shippedPackages } from './packages.mjs';

const write = process.argv.includes('--write');
const scratch = mkdtempSync(join(tmpdir(), 'daybook-api-'));

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
};

/** How to look at a package, and where its report lies. */
function configOf({ folder, manifest }) {
  const projectFolder = join(root, folder);
  const reportFolder = join(projectFolder, 'etc');
  mkdirSync(reportFolder, { recursive: true });
  const configObject = {
    projectFolder,
    mainEntryPointFilePath: join(projectFolder, 'dist', 'index.d.ts'),
    newlineKind: 'lf',
    compiler: { overrideTsconfig: { compilerOptions, files: [join(projectFolder, 'dist', 'index.d.ts')] } },
    apiReport: {
      enabled: true,
      reportFileName: `${manifest.name.split('/').at(-1)}.api.md`,
      reportFolder,
      reportTempFolder: join(scratch, folder),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: 'error' } },
      extractorMessageReporting: { default: { logLevel: 'none' } },
      tsdocMessageReporting: { default: { logLevel: 'none' } },
    },
  };
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
  });
}

const packages = shippedPackages().filter(({ folder }) => existsSync(join(root, folder, 'src', 'index.ts')));
const configs = packages.map(configOf);
// One compilation for all: each of its own would take a second or two.
const additionalEntryPoints = configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath);
const compilerState = CompilerState.create(configs[0], { additionalEntryPoints });
const complaints = [];
for (const [index, config] of configs.entries()) {
  const { folder } = packages[index];
  const messages = [];
  const result = Extractor.invoke(config, {
    localBuild: write,
    compilerState,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) messages.push(message.text);
    },
  });
  if (messages.length > 0) complaints.push(...messages.map((text) => `${folder}: ${text}`));
  else if (result.apiReportChanged) {
    if (write) console.log(`${folder}/etc was written`);
    else complaints.push(`${folder}: its public names have changed: run 'npm run api-report', and look at the diff`);
  }
}
rmSync(scratch, { recursive: true, force: true });
for (const complaint of complaints) console.error(complaint);
process.exit(complaints.length > 0 ? 1 : 0);
