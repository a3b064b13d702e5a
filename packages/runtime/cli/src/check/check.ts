import { Command } from 'commander';
import type { CliEnvironment } from '../cli-environment.ts';
import type { CheckOptions } from './run-check.ts';

/** `daybook check`: whether the app fits together, its settings are allowed, and its servers answer. */
export function checkCommand(around: CliEnvironment): Command {
  return new Command('check')
    .description('the app, its contexts, its settings and its connections: each problem is named')
    .option('--offline', 'leave out the connections')
    .action(async (options: CheckOptions) => (await import('./run-check.ts')).runCheck(around, options));
}
