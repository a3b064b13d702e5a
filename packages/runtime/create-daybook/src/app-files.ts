import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contextFiles, type SourceFile } from '@daybook/generator';
import { manifestOf } from './manifest.ts';
import type { AppOptions } from './options.ts';
import { wordsFor } from './words.ts';

const TEMPLATE = fileURLToPath(new URL('../template', import.meta.url));

/** A package's word about Node is a warning for npm and pnpm; Yarn 1 takes nothing then, however deep that package lies. */
const YARN_SETTINGS: SourceFile = { path: '.yarnrc', text: '--install.ignore-engines true\n' };

/** Every file of a new app. */
export function appFiles(options: AppOptions): readonly SourceFile[] {
  const words = wordsFor(options);
  const files = readdirSync(TEMPLATE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const copied = files.map((entry): SourceFile => {
    const file = join(entry.parentPath, entry.name);
    return { path: nameOf(relative(TEMPLATE, file)), text: filled(readFileSync(file, 'utf8'), words) };
  });
  const manifest = { path: 'package.json', text: manifestOf(options) };
  const settings = options.packageManager === 'yarn' ? [YARN_SETTINGS] : [];
  return [manifest, ...settings, ...contextFiles('library', 'Book'), ...copied];
}

/** npm leaves files that begin with a dot out of a package, or renames them: in the template they begin with `_`. */
function nameOf(path: string): string {
  return path
    .split(sep)
    .map((part) => part.replace(/^_/, '.'))
    .join('/');
}

/** @throws Error for a word that nobody knows: a mistake in the template */
function filled(text: string, words: Readonly<Record<string, string>>): string {
  const known = new Map(Object.entries(words));
  const result = text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => {
    const value = known.get(word);
    if (value === undefined) throw new Error(`the template has {{${word}}}, which stands for nothing`);
    return value;
  });
  return `${result.trimEnd()}\n`;
}
