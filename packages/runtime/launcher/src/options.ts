import { join } from 'node:path';
import { Argument } from 'commander';
import { commandLine } from './command-line.ts';

export interface LauncherOptions {
  mode: 'start' | 'demo';
  fresh: boolean;
  embedded: boolean;
  /** Whether servers are to be private processes even where Docker answers. */
  private: boolean;
  /** The repository's root. */
  root: string;
  /** Data, logs and settings of what is started. A demo has its own, so that it may run beside a `start`. */
  folder: string;
}

/** Reads the command line; one that makes no sense ends the process, with a line that says why. */
export function parseOptions(args: readonly string[], root: string): LauncherOptions {
  const program = commandLine('npm', 'Runs the whole system of this repository.')
    .addArgument(new Argument('<command>', 'stay up until Ctrl-C, or stop after the walk').choices(['start', 'demo']))
    .option('--fresh', 'remove the data of earlier runs first', false)
    .option('--private', 'servers of this machine, even where Docker answers', false)
    .option('--embedded', 'everything in one process, without RabbitMQ', false)
    .parse(args, { from: 'user' });
  const chosen = program.opts<Pick<LauncherOptions, 'fresh' | 'embedded' | 'private'>>();
  const mode = program.args[0] as LauncherOptions['mode'];
  const daybook = join(root, '.daybook');
  const folder = mode === 'demo' ? join(daybook, 'demo') : daybook;
  return { mode, ...chosen, root, folder };
}
