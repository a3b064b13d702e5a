import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = `usage: launcher start|demo [--fresh] [--embedded]
  --fresh      remove the data of earlier runs first
  --embedded   everything in one process, without RabbitMQ`;

export interface LauncherOptions {
  mode: 'start' | 'demo';
  fresh: boolean;
  embedded: boolean;
  /** The repository's root. */
  root: string;
  /** Data, logs and settings of what is started. A demo has its own, so that it may run beside a `start`. */
  folder: string;
}

/** Reads the command line; undefined if it makes no sense. */
export function parseOptions(args: string[], root: string): LauncherOptions | undefined {
  try {
    const options = { fresh: { type: 'boolean' }, embedded: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [mode, ...more] = positionals;
    if ((mode !== 'start' && mode !== 'demo') || more.length > 0) return undefined;
    const daybook = join(root, '.daybook');
    const folder = mode === 'demo' ? join(daybook, 'demo') : daybook;
    return { mode, fresh: values.fresh ?? false, embedded: values.embedded ?? false, root, folder };
  } catch {
    return undefined;
  }
}
