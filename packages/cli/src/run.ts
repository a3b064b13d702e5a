import { Unavailable } from '@daybook/core';
import { InvalidConfiguration } from '@daybook/service';
import { Command, CommanderError } from 'commander';
import { parkedCommand } from './parked.ts';
import { projectionsCommand } from './projections.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Runs one command line.
 * @param args without node and the script
 * @param complain prints a line about what went wrong
 * @returns the exit code: 0, or 1 when it was not done, with the reason told
 */
export async function run(
  args: readonly string[],
  around: Surroundings,
  complain: (line: string) => void,
): Promise<number> {
  const program = new Command('daybook')
    .description('Operates Daybook.')
    .addCommand(parkedCommand(around))
    .addCommand(projectionsCommand(around));
  prepare(program, around, complain);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has told it already.
    if (error instanceof CommanderError) return error.exitCode;
    for (const line of complaints(error, args[0])) complain(line);
    return 1;
  }
}

/**
 * Commander's own lines go the same way as ours, and it does not end the process. An option belongs to the command that it
 * follows: `replay` and `replay event` have some of the same name.
 */
function prepare(command: Command, around: Surroundings, complain: (line: string) => void): void {
  command
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => around.print(text.trimEnd()),
      writeErr: (text) => complain(text.trimEnd()),
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
  if (command === 'projections') return 'EVENT_STORE_URL and READ_STORE_URL say where they are';
  return said?.startsWith('RabbitMQ')
    ? "RABBITMQ_URL says where it is; 'parked list --events' does without"
    : "EVENT_STORE_URL says where it is; 'parked list --commands' does without";
}
