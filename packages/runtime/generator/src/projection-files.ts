import type { SourceFile } from './aggregate-files.ts';
import { camelCase, kebabCase, pascalCase, snakeCase } from './names.ts';

/** A read model with a row for each of an aggregate, with its test. @param name of the read model, as `books` */
export function projectionFiles(folder: string, name: string, aggregate: string): readonly SourceFile[] {
  const file = kebabCase(name);
  return [
    { path: `${folder}/${file}.ts`, text: source(name, aggregate) },
    { path: `${folder}/${file}.test.ts`, text: test(name, aggregate) },
  ];
}

function source(name: string, aggregate: string): string {
  const [Name, value, id] = [pascalCase(aggregate), camelCase(name), `${snakeCase(aggregate)}_uuid`];
  const Row = `${pascalCase(name)}Row`;
  return `import { fold, instant, projection } from '@daybook/core';
import { z } from 'zod';
import type { ${Name}Event } from './${kebabCase(aggregate)}.ts';

/** A row, as people query it. */
export const ${Row} = z.object({
  ${id}: z.uuid().toLowerCase(),
  name: z.string(),
  created_at: instant(),
});

const of${Name} = fold<{ name: string; created_at: string } | null, ${Name}Event>({
  initial: null,
  evolve(part, event) {
    switch (event.type) {
      case '${Name}Created':
        return { name: event.data.name, created_at: event.metadata.recorded_at };
      case '${Name}Renamed':
        return part && { ...part, name: event.data.name };
    }
  },
});

/** Raise the version when the row or a fold changes: the new one is built beside the old one. */
export const ${value} = projection({
  name: '${snakeCase(name)}',
  version: 1,
  row: ${Row},
  key: '${id}',
  folds: { ${Name}: of${Name} },
  combine: (${id}, parts) => (parts.${Name} === null ? undefined : { ${id}, ...parts.${Name} }),
  list: { filters: ['name'], orderBy: 'created_at' },
});
`;
}

function test(name: string, aggregate: string): string {
  const [Name, value, id] = [pascalCase(aggregate), camelCase(name), `${snakeCase(aggregate)}_uuid`];
  return `import { foldRows } from '@daybook/core';
import { recordedEvents } from '@daybook/testing';
import { expect, test } from 'vitest';
import { ${value} } from './${kebabCase(name)}.ts';

const ${id} = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const stream = \`test-${Name}-\${${id}}\`;

test('a row follows its events', () => {
  const events = recordedEvents(
    [stream, { type: '${Name}Created', data: { ${id}, name: 'one' } }],
    [stream, { type: '${Name}Renamed', data: { ${id}, name: 'two' } }],
  );
  expect(foldRows(${value}, events).get(${id})).toEqual([
    { ${id}, name: 'two', created_at: '2026-01-01T00:00:00.000Z' },
  ]);
});
`;
}
