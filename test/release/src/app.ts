import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from './registry.ts';
import { run } from './run.ts';

const MINUTE = 60_000;

/** An app outside of the repository, as somebody would have it who knows npm alone. */
export interface OutsideApp {
  readonly folder: string;
  /** The environment of everything that is run in it. */
  readonly env: NodeJS.ProcessEnv;
  npm(...args: string[]): Promise<string>;
  /** The app's own command line, with more in the environment. @throws Error when it fails, with what it printed */
  daybook(more: Readonly<Record<string, string>>, ...args: string[]): Promise<string>;
  /** Where a package lies in it, and which version: more than one place is more than one copy. */
  copiesOf(name: string): readonly { path: string; version: string }[];
}

/** Has npm make an app by the generator that the registry has. */
export async function createApp(parent: string, { npmrc }: Registry): Promise<OutsideApp> {
  const name = 'my-app';
  const folder = join(parent, name);
  const env = outsideEnv(npmrc);
  await run('npm', ['create', '--yes', 'daybook@latest', name], { cwd: parent, env, timeoutMs: 2 * MINUTE });
  const options = { cwd: folder, env, timeoutMs: 3 * MINUTE };
  return {
    folder,
    env,
    npm: (...args) => run('npm', args, options),
    daybook: (more, ...args) =>
      run(join(folder, 'node_modules', '.bin', 'daybook'), args, { ...options, env: { ...env, ...more } }),
    copiesOf: (wanted) =>
      foldersOf(join(folder, 'node_modules'), wanted).map((path) => ({
        path: path.slice(folder.length + 1),
        version: (JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { version: string }).version,
      })),
  };
}

/** This process may run below npm, whose settings would reach the npm that it runs. */
export function outsideEnv(npmrc: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) && !/^(DAYBOOK|EVENT_STORE|READ_STORE|RABBITMQ|SMTP)_/.test(name),
  );
  return { ...Object.fromEntries(inherited), NPM_CONFIG_USERCONFIG: npmrc, CI: 'true' };
}

/** Every folder of a package below a `node_modules`, however deep. */
function foldersOf(modules: string, wanted: string): string[] {
  if (!existsSync(modules)) return [];
  const packages = readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((sub) => `${name}/${sub}`) : [name],
    );
  return packages.flatMap((name) => [
    ...(name === wanted ? [join(modules, name)] : []),
    ...foldersOf(join(modules, name, 'node_modules'), wanted),
  ]);
}
