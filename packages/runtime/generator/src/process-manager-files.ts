import type { SourceFile } from './aggregate-files.ts';
import { camelCase, kebabCase, pascalCase } from './names.ts';

/** A message of a context, by where it is declared. */
export interface DeclaredMessage {
  readonly type: string;
  /** The union that has it, as `BookEvent`. */
  readonly union: string;
  /** As `./book.ts`. */
  readonly file: string;
}

/** A process manager that follows one event up with one command, with its test. */
export function processManagerFiles(
  folder: string,
  name: string,
  on: DeclaredMessage,
  send: DeclaredMessage,
): readonly SourceFile[] {
  const file = kebabCase(name);
  return [
    { path: `${folder}/${file}.ts`, text: source(name, on, send) },
    { path: `${folder}/${file}.test.ts`, text: test(name, on, send) },
  ];
}

function source(name: string, on: DeclaredMessage, send: DeclaredMessage): string {
  const imports =
    on.file === send.file
      ? [`import type { ${send.union}, ${on.union} } from '${on.file}';`]
      : [`import type { ${on.union} } from '${on.file}';`, `import type { ${send.union} } from '${send.file}';`];
  return `import { processManager } from '@daybook/core';
${imports.join('\n')}

type ${on.type} = Extract<${on.union}, { type: '${on.type}' }>;

/** When ${on.type} has happened, ${send.type} is sent, once. */
export const ${camelCase(name)} = processManager<${on.type}, ${send.union}>({
  name: '${pascalCase(name)}',
  reactsTo: ['${on.type}'],
  // The event's data fits the command when the compiler says so; else take from it what the command needs.
  react: ({ data }) => [{ type: '${send.type}', data }],
});
`;
}

function test(name: string, on: DeclaredMessage, send: DeclaredMessage): string {
  return `import { recordedEvents } from '@daybook/testing';
import { expect, test } from 'vitest';
import { ${camelCase(name)} } from './${kebabCase(name)}.ts';

test('${on.type} is followed by ${send.type}', () => {
  const data = {};
  const [event] = recordedEvents(['test-Any-1', { type: '${on.type}', data }]);
  expect(${camelCase(name)}.react(event as never)).toMatchObject([{ type: '${send.type}' }]);
});
`;
}
