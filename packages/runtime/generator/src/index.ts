export { aggregateFiles, type SourceFile } from './aggregate-files.ts';
export { contextFiles } from './context-files.ts';
export { addToList, messagesIn } from './edit-source.ts';
export { camelCase, kebabCase, pascalCase, plural, snakeCase } from './names.ts';
export { type DeclaredMessage, processManagerFiles } from './process-manager-files.ts';
export { projectionFiles } from './projection-files.ts';
