import { Unavailable } from '@daybook/core';
import { InvalidConfiguration } from '@daybook/service';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './check/check.ts';
import type { CliEnvironment } from './cli-environment.ts';
import { generateCommand } from './generate/generate.ts';
import { parkedCommand } from './parked/parked.ts';
import { processesCommand } from './processes.ts';
import { projectionsCommand } from './projections/projections.ts';
import { devCommand, migrateCommand, startCommand } from './start.ts';
import { UsageError } from './usage-error.ts';

/** Apart from 1, so that a script can tell its own mistake from work that failed. */
const WRONG_USAGE = 2;

/**
 * Runs one command line.
 * @param args without node and the script
 * @param complain prints a line about what went wrong
 * @returns the exit code: 0, 1 when it was not done, or 2 when the line itself can't be understood; the reason is told
 */
export async function run(
  args: readonly string[],
  around: CliEnvironment,
  complain: (line: string) => void,
): Promise<number> {
  const program = new Command('daybook')
    .description('Runs and operates an app of Daybook.')
    .addCommand(devCommand(around))
    .addCommand(startCommand(around))
    .addCommand(migrateCommand())
    .addCommand(checkCommand(around))
    .addCommand(generateCommand(around))
    .addCommand(parkedCommand(around))
    .addCommand(projectionsCommand(around))
    .addCommand(processesCommand(around));
  prepare(program, around, complain);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has told it already. It ends with 0 after help, and with an error only when the line is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    for (const line of complaints(error, args[0])) complain(line);
    return error instanceof UsageError ? WRONG_USAGE : 1;
  }
}

/**
 * Commander's own lines go the same way as ours, and it does not end the process. An option belongs to the command that it
 * follows: `replay` and `replay event` have some of the same name.
 */
function prepare(command: Command, around: CliEnvironment, complain: (line: string) => void): void {
  command
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => around.print(text.trimEnd()),
      writeErr: (text) => complain(text.trimEnd()),
      // The nearest that exists goes on the same line.
      outputError: (text, write) => write(text.trim().replaceAll('\n', ' ')),
    });
  for (const sub of command.commands) prepare(sub, around, complain);
}

function complaints(error: unknown, command: string | undefined): readonly string[] {
  if (error instanceof InvalidConfiguration) return error.lines.map((line) => `error: ${line}`);
  const [said] = (error instanceof Error ? error.message : String(error)).split('\n');
  if (!(error instanceof Unavailable)) return [`error: ${said}`];
  return [`error: ${said}; is it running? ${hintOf(said, command)}`];
}

function hintOf(said: string | undefined, command: string | undefined): string {
  if (command === 'processes') return 'READ_STORE_URL says where it is';
  if (command === 'projections') return 'EVENT_STORE_URL and READ_STORE_URL say where they are';
  return said?.startsWith('RabbitMQ')
    ? "RABBITMQ_URL says where it is; 'parked list --events' does without"
    : "EVENT_STORE_URL says where it is; 'parked list --commands' does without";
}
