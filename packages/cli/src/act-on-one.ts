import { Command } from 'commander';
import { actOn } from './act-on.ts';
import type { Act } from './acts.ts';
import { byOption, contextOption, positionArgument } from './arguments.ts';
import { countOf } from './format-list.ts';
import { findCommand, findEvent, type ParkedItem } from './parked-items.ts';
import { type Servers, withServers } from './servers.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

interface ActOptions {
  readonly context?: string;
  readonly by: string;
  readonly reason?: string;
}

/** `parked <verb> command <message-id>`; of several copies the oldest is meant. */
export function onCommand(verb: Act['verb'], { env, user, print }: Surroundings): Command {
  return new Command('command')
    .argument('<message-id>')
    .addOption(contextOption())
    .addOption(byOption(user))
    .action((id: string, options: ActOptions) =>
      withServers(env, async (servers) => {
        const [oldest] = await findCommand(servers, id, options.context);
        if (oldest !== undefined) print(await actOnOne(servers, oldest, verb, options));
      }),
    );
}

/** `parked <verb> event <group> <position>` */
export function onEvent(verb: Act['verb'], { env, user, print }: Surroundings): Command {
  return new Command('event')
    .argument('<group>')
    .addArgument(positionArgument())
    .addOption(contextOption())
    .addOption(byOption(user))
    .action((group: string, position: number, options: ActOptions) =>
      withServers(env, async (servers) => {
        const item = await findEvent(servers, group, position, options.context);
        print(await actOnOne(servers, item, verb, options));
      }),
    );
}

async function actOnOne(
  servers: Servers,
  item: ParkedItem,
  verb: Act['verb'],
  { by, reason }: ActOptions,
): Promise<string> {
  const done = await actOn(servers, [item], { verb, by, reason });
  if (done === 0) throw new UsageError('it was parked a moment ago, and is not any more; somebody else sees to it');
  return `${verb === 'replay' ? 'replayed' : 'discarded'} ${countOf([item])}`;
}
