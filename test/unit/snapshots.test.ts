import { contexts } from '@daybook/contexts';
import {
  type BoundedContext,
  createCommandHandler,
  type EventStore,
  type Reply,
  silent,
  systemClock,
} from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import fc from 'fast-check';
import { z } from 'zod';

/** One command of a random life: which one, what it says, whether it is a repeat, and whether the service starts anew before it. */
const steps = fc.array(
  fc.record({ type: fc.nat(), seed: fc.nat(), repeats: fc.option(fc.nat(), { freq: 4 }), restarts: fc.boolean() }),
  { maxLength: 40 },
);

test.each(contexts.map((context) => [context.name, context] as const))(
  '%s: snapshot and tail decide as the whole stream does',
  async (_name, context) => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (life, snapshotEvery) => {
        const whole = await live(context, life, 0);
        const shortened = await live(context, life, snapshotEvery);
        expect(shortened).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  },
);

type Life = typeof steps extends fc.Arbitrary<infer L> ? L : never;

/** Lives through the commands. @returns all replies */
async function live(context: BoundedContext, life: Life, snapshotEvery: number): Promise<Reply[]> {
  const store = new InMemoryEventStore();
  let handle = start(context, store, snapshotEvery);
  const replies: Reply[] = [];
  const sent: { type: string; commandId: string; body: string }[] = [];
  for (const { type, seed, repeats, restarts } of life) {
    if (restarts) handle = start(context, store, snapshotEvery);
    const again = repeats === null || sent.length === 0 ? undefined : sent[repeats % sent.length];
    const command = again ?? { ...commandOf(context, type, seed), commandId: `c${sent.length}` };
    sent.push(command);
    const none = { correlationId: undefined, causationId: undefined, actor: undefined, traceparent: undefined };
    replies.push((await handle({ ...command, ...none })).reply);
    await new Promise(setImmediate);
  }
  return replies;
}

function start(context: BoundedContext, store: EventStore, snapshotEvery: number) {
  const signal = new AbortController().signal;
  return createCommandHandler({ context, store, clock: systemClock, log: silent, signal, cache: { snapshotEvery } });
}

/** A command that its schema takes, to one of two entities. */
function commandOf(context: BoundedContext, choice: number, seed: number) {
  const all = [...context.commands];
  const [type, { aggregate, schema }] = all[choice % all.length] as (typeof all)[number];
  const data = Object.fromEntries(
    Object.entries(schema.shape.data.shape).map(([field, of]) => [
      field,
      field === aggregate.id ? id(seed % 2) : valueFor(of, seed),
    ]),
  );
  expect(schema.shape.data.parse(data)).toEqual(data);
  return { type, body: JSON.stringify(data) };
}

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
/** One for each kind of field that commands have. */
const values: readonly ((seed: number) => unknown)[] = [
  (seed) => [600, 1000, 20, 499, -5, 3][seed % 6],
  (seed) => id(2 + (seed % 3)),
  (seed) => `word ${seed % 4}`,
  (seed) => `ann${seed % 3}@example.org`,
  (seed) => `2030-01-0${1 + (seed % 9)}T10:00:00Z`,
  () => undefined,
];

function valueFor(schema: z.core.$ZodType, seed: number): unknown {
  return values.map((value) => value(seed)).find((value) => z.safeParse(schema, value).success);
}
