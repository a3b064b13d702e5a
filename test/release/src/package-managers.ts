import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { outsideEnv } from './app.ts';
import type { Registry } from './registry.ts';
import { run } from './run.ts';

const MINUTE = 60_000;

/** Package managers beside npm, in the versions that an app's Dockerfile and CI name. */
export const OTHER_MANAGERS = [
  { name: 'pnpm', version: '10.34.8' },
  { name: 'yarn', version: '1.22.22' },
] as const;

/**
 * Makes an app for another package manager, installs it, and runs each step that its CI would run.
 * @param folder an empty one
 * @throws Error with what a step printed
 */
export async function tryWith(manager: (typeof OTHER_MANAGERS)[number], folder: string, { npmrc, url }: Registry) {
  const { name, version } = manager;
  // What the CI file installs globally is there: a global folder of this test.
  const globals = join(folder, 'global');
  const inherited = outsideEnv(npmrc);
  const env = {
    ...inherited,
    PATH: `${join(globals, 'bin')}${delimiter}${inherited.PATH}`,
    NPM_CONFIG_PREFIX: globals,
    NPM_CONFIG_REGISTRY: url,
    YARN_REGISTRY: url,
    YARN_CACHE_FOLDER: join(folder, 'cache'),
    NPM_CONFIG_STORE_DIR: join(folder, 'store'),
  };
  const app = join(folder, 'my-app');
  const inFolder = (cwd: string, command: string, args: readonly string[]) =>
    run(command, args, { cwd, env, timeoutMs: 3 * MINUTE });
  await inFolder(folder, 'npm', ['install', '--global', `${name}@${version}`]);
  await inFolder(folder, 'npm', ['create', '--yes', 'daybook@latest', 'my-app', '--', '--package-manager', name]);
  await inFolder(app, name, ['install']);
  for (const step of stepsOf(readFileSync(join(app, '.github', 'workflows', 'ci.yml'), 'utf8')))
    await inFolder(app, 'sh', ['-ec', step]);
}

/** The commands of a workflow, each of which stands on a line of its own. */
function stepsOf(workflow: string): readonly string[] {
  const steps = [...workflow.matchAll(/^ *- run: (.+)$/gm)].map(([, command]) => command as string);
  if (steps.length < 4) throw new Error(`the workflow has ${steps.length} commands:\n${workflow}`);
  return steps;
}
