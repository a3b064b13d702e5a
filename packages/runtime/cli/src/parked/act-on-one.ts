import { Command } from 'commander';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';
import { type Servers, withServers } from '../servers.ts';
import { actOn } from './act-on.ts';

import { byOption, contextOption, positionArgument } from './arguments.ts';
import { countOf } from './format-list.ts';
import { findCommand, findEvent, type ParkedItem } from './parked-items.ts';

/** What can be done about something parked. */
export type Verb = 'replay' | 'discard';

interface ActOptions {
  readonly context?: string;
  readonly by: string;
  readonly reason?: string;
}

/** `parked <verb> command <message-id>`; of several copies the oldest is meant. */
export function onCommand(verb: Verb, around: CliEnvironment): Command {
  return new Command('command')
    .argument('<message-id>')
    .addOption(contextOption())
    .addOption(byOption(around.user))
    .action((id: string, options: ActOptions) =>
      withServers(around, async (servers) => {
        const [oldest] = await findCommand(servers, id, options.context);
        if (oldest !== undefined) around.print(await actOnOne(servers, oldest, verb, options));
      }),
    );
}

/** `parked <verb> event <group> <position>` */
export function onEvent(verb: Verb, around: CliEnvironment): Command {
  return new Command('event')
    .argument('<group>')
    .addArgument(positionArgument())
    .addOption(contextOption())
    .addOption(byOption(around.user))
    .action((group: string, position: number, options: ActOptions) =>
      withServers(around, async (servers) => {
        const item = await findEvent(servers, group, position, options.context);
        around.print(await actOnOne(servers, item, verb, options));
      }),
    );
}

async function actOnOne(servers: Servers, item: ParkedItem, verb: Verb, { by, reason }: ActOptions): Promise<string> {
  const { done, failed } = await actOn(servers, [item], { verb, by, reason });
  for (const { why } of failed) throw new CommandFailed(`it stays parked: ${why}`);
  if (done === 0) throw new CommandFailed('it is no longer parked: another operator has already handled it');
  return `${verb === 'replay' ? 'replayed' : 'discarded'} ${countOf([item])}`;
}
