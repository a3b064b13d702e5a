import { aggregateFiles, type SourceFile } from './aggregate-files.ts';
import { camelCase, kebabCase, plural, snakeCase } from './names.ts';
import { projectionFiles } from './projection-files.ts';

/** A context with one aggregate and a read model of it, with their tests. @param context as `library` */
export function contextFiles(context: string, aggregate: string): readonly SourceFile[] {
  const folder = `src/${context}`;
  const rows = plural(snakeCase(aggregate));
  return [
    ...aggregateFiles(folder, aggregate),
    ...projectionFiles(folder, rows, aggregate),
    { path: `${folder}/index.ts`, text: index(context, aggregate, rows) },
  ];
}

function index(context: string, aggregate: string, rows: string): string {
  return `import { boundedContext } from '@daybook/core';
import { ${camelCase(aggregate)} } from './${kebabCase(aggregate)}.ts';
import { ${camelCase(rows)} } from './${kebabCase(rows)}.ts';

export const ${camelCase(context)} = boundedContext({
  name: '${context}',
  aggregates: [${camelCase(aggregate)}],
  processManagers: [],
  projections: [${camelCase(rows)}],
});
`;
}
