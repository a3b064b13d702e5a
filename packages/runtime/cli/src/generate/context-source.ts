import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@daybook/app';
import { type DeclaredMessage, messagesIn } from '@daybook/generator';
import { CommandFailed } from '../command-failed.ts';

/** @returns the folder of a context below the app's, as `src/library`. @throws CommandFailed when there is none */
export function contextFolder(cwd: string, context: string): string {
  const folder = `src/${context}`;
  if (existsSync(join(cwd, folder, 'index.ts'))) return folder;
  throw new CommandFailed(`there is no ${folder}/index.ts; 'daybook generate context ${context}' makes one`);
}

/** @returns where a message of the context is declared. @throws CommandFailed, with the nearest that is */
export function declaredMessage(cwd: string, folder: string, kind: 'command' | 'event', type: string): DeclaredMessage {
  const all = readdirSync(join(cwd, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      messagesIn(readFileSync(join(cwd, folder, file), 'utf8'), kind).map((one) => ({ ...one, file: `./${file}` })),
    );
  const found = all.find((one) => one.type === type);
  if (found !== undefined) return found;
  throw new CommandFailed(
    `${folder} declares no ${kind} '${type}'${nearest(
      type,
      all.map((one) => one.type),
    )}`,
  );
}
