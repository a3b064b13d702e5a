import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { appFiles } from './app-files.ts';
import { type AppOptions, problemOfName } from './options.ts';

/** The person asked for something that can't be done; the message says what to do instead. */
export class CannotCreate extends Error {}

/**
 * Writes a new app into a folder, which is made.
 * @throws CannotCreate when the folder has something in it, or the name can't be one
 */
export function createApp(folder: string, options: AppOptions): void {
  const problem = problemOfName(options.name);
  if (problem !== undefined) throw new CannotCreate(problem);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new CannotCreate(`${folder} is not empty; nothing was written: choose another name, or empty it`);
  for (const { path, text } of appFiles(options)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
