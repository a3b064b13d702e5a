import { camelCase, kebabCase, pascalCase, snakeCase } from './names.ts';

/** A file to be written: its path below the app's folder, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** An aggregate that can be created and renamed, with its test. @param folder of the context, as `src/library` */
export function aggregateFiles(folder: string, name: string): readonly SourceFile[] {
  const file = kebabCase(name);
  return [
    { path: `${folder}/${file}.ts`, text: source(name) },
    { path: `${folder}/${file}.test.ts`, text: test(name) },
  ];
}

function source(name: string): string {
  const [Name, value, id] = [pascalCase(name), camelCase(name), `${snakeCase(name)}_uuid`];
  return `import { aggregate, command, type Decider, event, reject } from '@daybook/core';
import { z } from 'zod';

const ${id} = z.uuid().toLowerCase();
const name = z.string().min(1).max(200);

/** What may be asked. */
export const ${Name}Command = z.discriminatedUnion('type', [
  command('Create${Name}', { ${id}, name }),
  command('Rename${Name}', { ${id}, name }),
]);
export type ${Name}Command = z.infer<typeof ${Name}Command>;

/** What happened. Stored for ever: add optional fields, never rename; a new meaning is a new type. */
export const ${Name}Event = z.discriminatedUnion('type', [
  event('${Name}Created', { ${id}, name }),
  event('${Name}Renamed', { ${id}, name }),
]);
export type ${Name}Event = z.infer<typeof ${Name}Event>;

type State = { name: string } | undefined;

const decider: Decider<State, ${Name}Command, ${Name}Event> = {
  initial: undefined,

  decide(command, state) {
    switch (command.type) {
      case 'Create${Name}':
        if (state !== undefined) return reject('${snakeCase(name)}_already_exists');
        return [{ type: '${Name}Created', data: command.data }];
      case 'Rename${Name}':
        if (state === undefined) return reject('${snakeCase(name)}_not_found');
        if (state.name === command.data.name) return reject('name_unchanged');
        return [{ type: '${Name}Renamed', data: command.data }];
    }
  },

  evolve(_state, event) {
    switch (event.type) {
      case '${Name}Created':
      case '${Name}Renamed':
        return { name: event.data.name };
    }
  },
};

export const ${value} = aggregate({
  name: '${Name}',
  commands: ${Name}Command,
  events: ${Name}Event,
  id: '${id}',
  decider,
});
`;
}

function test(name: string): string {
  const [Name, value, id] = [pascalCase(name), camelCase(name), `${snakeCase(name)}_uuid`];
  return `import { given } from '@daybook/testing';
import { test } from 'vitest';
import { ${value} } from './${kebabCase(name)}.ts';

const ${id} = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const created = { type: '${Name}Created', data: { ${id}, name: 'one' } } as const;
const create = { type: 'Create${Name}', data: { ${id}, name: 'one' } } as const;
const rename = (name: string) => ({ type: 'Rename${Name}', data: { ${id}, name } }) as const;

test('it can be created, once', () => {
  given(${value}).when(create).then(created);
  given(${value}, created).when(create).thenRejected('${snakeCase(name)}_already_exists');
});

test('it can be renamed', () => {
  given(${value}, created)
    .when(rename('two'))
    .then({ type: '${Name}Renamed', data: { ${id}, name: 'two' } });
  given(${value}, created).when(rename('one')).thenRejected('name_unchanged');
  given(${value}).when(rename('two')).thenRejected('${snakeCase(name)}_not_found');
});
`;
}
