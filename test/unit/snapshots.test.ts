import {
  type BoundedContext,
  createCommandHandler,
  type EventStore,
  type Message,
  type Reply,
  silent,
  systemClock,
} from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import fc from 'fast-check';
import app from '../../daybook.config.ts';
import { commandsOf } from './histories.ts';

const { contexts } = app;

/** A command, whether it is an earlier one again, and whether the service starts anew before it. */
interface Step {
  readonly command: Message;
  readonly repeats: number | null;
  readonly restarts: boolean;
}

test.each(contexts.map((context) => [context.name, context] as const))(
  '%s: snapshot and tail decide as the whole stream does',
  async (_name, context) => {
    const repeats = fc.option(fc.nat(), { freq: 4 });
    const life = fc.array(fc.record({ command: commandsOf(context), repeats, restarts: fc.boolean() }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(life, fc.integer({ min: 1, max: 6 }), async (steps, snapshotEvery) => {
        expect(await live(context, steps, snapshotEvery)).toEqual(await live(context, steps, 0));
      }),
    );
  },
);

/** @param snapshotEvery 0: no snapshots @returns all replies */
async function live(context: BoundedContext, steps: readonly Step[], snapshotEvery: number): Promise<Reply[]> {
  const store = new InMemoryEventStore();
  const none = { correlationId: undefined, causationId: undefined, actor: undefined, traceparent: undefined };
  const replies: Reply[] = [];
  const sent: { type: string; commandId: string; body: string }[] = [];
  let handle = start(context, store, snapshotEvery);
  for (const { command, repeats, restarts } of steps) {
    if (restarts) handle = start(context, store, snapshotEvery);
    const again = repeats === null || sent.length === 0 ? undefined : sent[repeats % sent.length];
    const next = again ?? { type: command.type, commandId: `c${sent.length}`, body: JSON.stringify(command.data) };
    sent.push(next);
    replies.push((await handle({ ...next, ...none })).reply);
    await new Promise(setImmediate); // a snapshot is taken behind the command's back
  }
  return replies;
}

function start(context: BoundedContext, store: EventStore, snapshotEvery: number) {
  const { signal } = new AbortController();
  return createCommandHandler({ context, store, clock: systemClock, log: silent, signal, cache: { snapshotEvery } });
}
