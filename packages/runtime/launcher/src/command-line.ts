import { Command } from 'commander';

/**
 * A program of this repository, with its `--help`. What it does not know is one line with the nearest that it does, and
 * exit code 2.
 * @param name as it is called, e.g. `npm run bench --`
 */
export function commandLine(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .configureOutput({ outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')}\n`) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
}
