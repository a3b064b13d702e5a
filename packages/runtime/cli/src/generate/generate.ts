import {
  aggregateFiles,
  camelCase,
  contextFiles,
  kebabCase,
  pascalCase,
  processManagerFiles,
  projectionFiles,
} from '@daybook/generator';
import { Command } from 'commander';
import type { CliEnvironment } from '../cli-environment.ts';
import { UsageError } from '../usage-error.ts';
import { contextFolder, declaredMessage } from './context-source.ts';
import { addTo, writeFiles } from './write-files.ts';

const CONFIG = 'daybook.config.ts';

/** `daybook generate …`: first lines of what an app is made of, each with its test, and put where it belongs. */
export function generateCommand(around: CliEnvironment): Command {
  return new Command('generate')
    .description('write the first lines of a part of the app, with its test')
    .addCommand(contextCommand(around))
    .addCommand(aggregateCommand(around))
    .addCommand(projectionCommand(around))
    .addCommand(processManagerCommand(around));
}

function contextCommand(around: CliEnvironment): Command {
  return new Command('context')
    .description('a bounded context with one aggregate and a read model of it')
    .argument('<name>', 'lower case, letters and digits: library')
    .option('--aggregate <Name>', 'its first aggregate', 'Item')
    .action((name: string, { aggregate }: { aggregate: string }) => {
      if (!/^[a-z][a-z0-9]*$/.test(name))
        throw new UsageError(`'${name}' can't name a context: lower case letters and digits can, as in 'library'`);
      writeFiles(around, contextFiles(name, requireName(aggregate)));
      addTo(around, CONFIG, 'contexts', camelCase(name), `./src/${name}/index.ts`);
    });
}

function aggregateCommand(around: CliEnvironment): Command {
  return new Command('aggregate')
    .description('an aggregate that can be created and renamed')
    .argument('<context>')
    .argument('<Name>')
    .action((context: string, name: string) => {
      const folder = contextFolder(around.cwd, context);
      writeFiles(around, aggregateFiles(folder, requireName(name)));
      addTo(around, `${folder}/index.ts`, 'aggregates', camelCase(name), `./${kebabCase(name)}.ts`);
    });
}

function projectionCommand(around: CliEnvironment): Command {
  return new Command('projection')
    .description('a read model with a row for each of an aggregate')
    .argument('<context>')
    .argument('<name>', 'of the read model, as books')
    .requiredOption('--of <Aggregate>', 'whose events it folds')
    .action((context: string, name: string, { of }: { of: string }) => {
      const folder = contextFolder(around.cwd, context);
      declaredMessage(around.cwd, folder, 'event', `${pascalCase(of)}Created`);
      writeFiles(around, projectionFiles(folder, requireName(name), of));
      addTo(around, `${folder}/index.ts`, 'projections', camelCase(name), `./${kebabCase(name)}.ts`);
    });
}

function processManagerCommand(around: CliEnvironment): Command {
  return new Command('process-manager')
    .description('follows one event up with one command')
    .argument('<context>')
    .argument('<Name>')
    .requiredOption('--on <EventType>', 'the event that it reacts to')
    .requiredOption('--send <CommandType>', 'the command that it sends')
    .action((context: string, name: string, { on, send }: { on: string; send: string }) => {
      const folder = contextFolder(around.cwd, context);
      const event = declaredMessage(around.cwd, folder, 'event', on);
      const command = declaredMessage(around.cwd, folder, 'command', send);
      writeFiles(around, processManagerFiles(folder, requireName(name), event, command));
      addTo(around, `${folder}/index.ts`, 'processManagers', camelCase(name), `./${kebabCase(name)}.ts`);
    });
}

/** @throws UsageError for what can't be a name in TypeScript */
function requireName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return name;
  throw new UsageError(`'${name}' can't be a name: it begins with a letter, and has letters, digits, '-' and '_'`);
}
