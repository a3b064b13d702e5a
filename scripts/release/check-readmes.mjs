import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../prepare.mjs';
import { workspacePackages } from './packages.mjs';

const LEAST_LINES = 10;
const MOST_LINES = 40;
const PLACES = ['packages/model', 'packages/adapters', 'packages/runtime', 'packages/contexts', 'services', 'test'];

const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  paths: { '@daybook/*': PLACES.map((place) => join(root, place, '*', 'dist', 'index.d.ts')) },
};

/** @returns a line for each package without a README of a fitting length, and for each example that does not compile */
export function problemsOfReadmes() {
  const problems = [];
  const examples = new Map();
  for (const { folder } of workspacePackages()) {
    const file = join(root, folder, 'README.md');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const lines = text.trimEnd().split('\n').length;
    if (lines < LEAST_LINES || lines > MOST_LINES) {
      problems.push(`${folder}/README.md has ${lines} lines: ${LEAST_LINES} to ${MOST_LINES} are wanted`);
    }
    const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)];
    for (const [index, [, code]] of blocks.entries()) examples.set(join(root, folder, `readme-${index}.mts`), code);
  }
  return [...problems, ...compilerErrors(examples)];
}

/** Compiles the examples as if they were files, against what was built. */
function compilerErrors(examples) {
  const host = ts.createCompilerHost(compilerOptions);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => examples.get(file) ?? readFile.call(host, file);
  host.fileExists = (file) => examples.has(file) || fileExists.call(host, file);
  host.getSourceFile = (file, options, ...rest) => {
    const code = examples.get(file);
    return code === undefined
      ? getSourceFile.call(host, file, options, ...rest)
      : ts.createSourceFile(file, code, options, true);
  };
  const program = ts.createProgram([...examples.keys()], compilerOptions, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file === undefined ? '' : ` line ${file.getLineAndCharacterOfPosition(start).line + 1}`;
    const where = file?.fileName.slice(root.length + 1).replace(/readme-(\d+)\.mts$/, 'README.md, example $1,');
    return `${where ?? 'the READMEs'}${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
