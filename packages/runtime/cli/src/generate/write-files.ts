import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addToList, type SourceFile } from '@daybook/generator';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';

/** Writes new files, all or none. @throws CommandFailed when one is there already */
export function writeFiles({ cwd, print }: CliEnvironment, files: readonly SourceFile[]): void {
  const taken = files.find(({ path }) => existsSync(join(cwd, path)));
  if (taken !== undefined) throw new CommandFailed(`${taken.path} exists already; nothing was written`);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
    print(`wrote    ${path}`);
  }
}

/** Adds a value to a list of a source file; where that can't be done, says what to write by hand. */
export function addTo({ cwd, print }: CliEnvironment, path: string, list: string, value: string, from: string): void {
  const file = join(cwd, path);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const after = addToList(before, list, value, from);
  if (after === undefined) {
    print(`by hand  ${path}: import { ${value} } from '${from}', and add ${value} to '${list}'`);
  } else if (after !== before) {
    writeFileSync(file, after);
    print(`changed  ${path}`);
  }
}
