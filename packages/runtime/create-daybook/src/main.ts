#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command, Option } from 'commander';
import { CannotCreate, createApp } from './create-app.ts';
import { type AppOptions, EVENT_STORES, PACKAGE_MANAGERS } from './options.ts';

const manifest = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

/** The package manager that runs this, as it says itself. */
function runBy(): AppOptions['packageManager'] {
  const name = process.env.npm_config_user_agent?.split('/')[0];
  return PACKAGE_MANAGERS.find((one) => one === name) ?? 'npm';
}

async function askName(): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question('Name of the app (my-app): ');
  asking.close();
  return answer.trim() || 'my-app';
}

const program = new Command('create-daybook')
  .description('Makes an app of Daybook in a new folder.')
  .argument('[name]', 'of the app and its folder; asked for when it is left out')
  .addOption(
    new Option('--package-manager <name>', 'what installs and runs it').choices(PACKAGE_MANAGERS).default(runBy()),
  )
  .addOption(new Option('--event-store <name>', 'where events are kept').choices(EVENT_STORES).default('postgres'))
  .version(version)
  .configureOutput({ outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')}\n`) })
  .action(async (given: string | undefined, options: Pick<AppOptions, 'packageManager' | 'eventStore'>) => {
    const name = given ?? (await askName());
    const folder = resolve(name);
    try {
      createApp(folder, { ...options, name: basename(folder), daybookVersion: `^${version}` });
    } catch (error) {
      if (!(error instanceof CannotCreate)) throw error;
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = 1;
      return;
    }
    const { packageManager } = options;
    const run = packageManager === 'npm' ? 'npm run' : packageManager;
    console.log(`
${name} is there. Next:
  cd ${name}
  ${packageManager} install
  ${packageManager} test
  ${run} dev`);
  });

await program.parseAsync();
