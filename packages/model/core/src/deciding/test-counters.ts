import { z } from 'zod';
import type { ReceivedCommand } from '../messages/command.ts';
import { command, event } from '../messages/message.ts';
import { reject } from '../messages/rejection.ts';
import { aggregate } from '../modelling/aggregate.ts';
import { boundedContext } from '../modelling/bounded-context.ts';

const Raise = z.discriminatedUnion('type', [
  command('Raise', { id: z.string(), by: z.int() }),
  command('Break', { id: z.string() }),
]);
const Raised = z.discriminatedUnion('type', [event('Raised', { id: z.string(), by: z.int() })]);
/** A counter can be raised up to ten; to raise it by nothing does nothing; to break it is a bug. */
export const counters = boundedContext({
  name: 'counters',
  aggregates: [
    aggregate({
      name: 'Counter',
      commands: Raise,
      events: Raised,
      id: 'id',
      decider: {
        initial: 0,
        decide(command, total) {
          switch (command.type) {
            case 'Raise':
              if (command.data.by === 0) return [];
              return total + command.data.by > 10
                ? reject('too_high')
                : [{ type: 'Raised' as const, data: command.data }];
            case 'Break':
              throw new Error('a bug');
          }
        },
        evolve: (total, { data }) => total + data.by,
      },
    }),
  ],
});

/** Of the counter `a`. */
export const stream = 'counters-Counter-a';

/** A command as a broker delivers it. */
export function raise(
  commandId: string | undefined,
  by: unknown,
  more: Partial<ReceivedCommand> = {},
): ReceivedCommand {
  const none = { correlationId: undefined, causationId: undefined, actor: undefined, traceparent: undefined };
  return { type: 'Raise', commandId, ...none, body: JSON.stringify({ id: 'a', by }), ...more };
}
