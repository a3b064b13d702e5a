import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { App } from './app.ts';
import { defineApp } from './define-app.ts';
import { InvalidApp } from './invalid-app.ts';

/** Looked for in this order, in the working directory. */
const FILE_NAMES = ['daybook.config.ts', 'daybook.config.mts', 'daybook.config.js', 'daybook.config.mjs'];

/** Where to look for the app's configuration. */
export interface LoadOptions {
  /** The working directory when left out. */
  readonly cwd?: string;
  /** `DAYBOOK_CONFIG` names the file, relative to `cwd`. The process's own environment when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Loads the app that `daybook.config.ts` exports. TypeScript is compiled as it is loaded; in a container, name the compiled
 * file: `DAYBOOK_CONFIG=dist/daybook.config.js`.
 * @throws InvalidApp when there is no such file, it does not export an app, or the app does not fit together; what the file itself throws
 * @example
 * const { contexts } = await loadApp();
 */
export async function loadApp({ cwd = process.cwd(), env = process.env }: LoadOptions = {}): Promise<App> {
  const file = findConfig(cwd, env.DAYBOOK_CONFIG);
  if (/\.m?ts$/.test(file)) await readTypeScript();
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (isApp(module.default)) return defineApp(module.default);
  throw new InvalidApp(
    `${file} has no app as its default export: write 'export default defineApp({ contexts: [...] })'`,
  );
}

/** For a process that can't go on without: says on stderr what is wrong, and exits with 1. */
export async function loadAppOrExit(options?: LoadOptions): Promise<App> {
  try {
    return await loadApp(options);
  } catch (error) {
    const known = error instanceof InvalidApp;
    const text = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(known ? `${text}\n` : `the app's configuration could not be loaded\n${text}\n`);
    process.exit(1);
  }
}

/** @throws InvalidApp */
function findConfig(cwd: string, named: string | undefined): string {
  if (named) {
    const file = resolve(cwd, named);
    if (existsSync(file)) return file;
    throw new InvalidApp(`DAYBOOK_CONFIG names ${file}, which does not exist`);
  }
  const found = FILE_NAMES.map((name) => resolve(cwd, name)).find(existsSync);
  if (found !== undefined) return found;
  throw new InvalidApp(
    `no daybook.config.ts in ${cwd}: run this in the app's folder, or name the file with DAYBOOK_CONFIG`,
  );
}

let hooks: Promise<unknown> | undefined;

/** Has Node compile TypeScript that is imported from now on; once for a process. */
function readTypeScript(): Promise<unknown> {
  hooks ??= import('tsx/esm/api').then(({ register }) => register());
  return hooks;
}

function isApp(value: unknown): value is App {
  return typeof value === 'object' && value !== null && Array.isArray((value as Partial<App>).contexts);
}
