import { contexts } from '@daybook/contexts';
import {
  type Aggregate,
  applyProjection,
  type BoundedContext,
  combineRow,
  deadlineRows,
  foldEvent,
  isCommandRejected,
  isRejection,
  type Message,
  type NewEvent,
  type Projection,
  type RecordedEvent,
  type StoredPart,
  streamIdOf,
} from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import fc from 'fast-check';
import { z } from 'zod';

// Laws that hold for every context, whatever it decides. fast-check prints the seed of a failure; FAST_CHECK_SEED replays it.
const seed = process.env.FAST_CHECK_SEED;
fc.configureGlobal({ numRuns: 200, ...(seed ? { seed: Number(seed) } : {}) });

/** Any value that a field of a command or event may have. */
function anyValueOf(schema: z.core.$ZodType, ids: readonly string[]): fc.Arbitrary<unknown> {
  const { type, format } = schema._zod.def as { type: string; format?: string };
  if (type === 'optional') {
    return fc.option(anyValueOf((schema as z.core.$ZodOptional)._zod.def.innerType, ids), { nil: undefined });
  }
  if (type === 'string' && format === 'uuid') return fc.constantFrom(...ids);
  if (type === 'string') return fc.string();
  if (type === 'number') return fc.integer({ min: -10, max: 2000 });
  throw new Error(`no values are known for ${type}: add them here`);
}

function messagesOf(union: Aggregate['commands'], ids: readonly string[]): fc.Arbitrary<Message> {
  return fc.oneof(
    ...union.options.map((option) => {
      const fields = Object.entries(option.shape.data.shape).map(([name, schema]) => [name, anyValueOf(schema, ids)]);
      return fc.record({ type: fc.constant(option.shape.type.value), data: fc.record(Object.fromEntries(fields)) });
    }),
  );
}

const IDS = ['0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', '7c9e6679-7425-40de-944b-e07fc1f90ae7'];
const metadata = {
  commandId: 'c',
  correlationId: 'c',
  causationId: 'c',
  actor: undefined,
  traceparent: undefined,
  at: '2026-01-01T00:00:00.000Z',
};

/** What a context records when these commands are decided one after another, refusals included. */
function historyOf(context: BoundedContext, commands: readonly Message[]): RecordedEvent[] {
  const states = new Map<string, unknown>();
  const recorded: [string, Message][] = [];
  for (const command of commands) {
    const { aggregate } = context.commands.get(command.type) as { aggregate: Aggregate };
    const streamId = streamIdOf(
      context.name,
      aggregate.name,
      String((command.data as Record<string, unknown>)[aggregate.id]),
    );
    const state = states.has(streamId) ? states.get(streamId) : aggregate.decider.initial;
    const decision = aggregate.decider.decide(command, state, metadata);
    if (isRejection(decision)) {
      const { code, message } = decision;
      recorded.push([
        streamId,
        { type: 'CommandRejected', data: { command: command.type, data: command.data, code, message } },
      ]);
    } else {
      states.set(
        streamId,
        decision.reduce((before, event) => aggregate.decider.evolve(before, event), state),
      );
      recorded.push(...decision.map((event): [string, Message] => [streamId, event]));
    }
  }
  return recordedEvents(...recorded);
}

const histories = (context: BoundedContext) =>
  fc
    .array(fc.oneof(...context.aggregates.map(({ commands }) => messagesOf(commands, IDS))), { maxLength: 30 })
    .map((commands) => historyOf(context, commands));

async function storeOf(history: readonly RecordedEvent[]): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  for (const { streamId, revision, ...event } of history) {
    await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event as NewEvent]);
  }
  return store;
}

/** The rows that come of handing over events in these batches. */
async function rowsAfter(
  projection: Projection,
  batches: readonly (readonly RecordedEvent[])[],
  history: readonly RecordedEvent[],
) {
  const rows = new InMemoryReadStore();
  const store = await storeOf(history);
  for (const batch of batches) await applyProjection(projection, batch, { rows, store });
  return Promise.all(IDS.map((id) => rows.get(projection, id)));
}

/** The definition: each stream's events folded in order, then combined. */
function foldOf(projection: Projection, history: readonly RecordedEvent[]) {
  return IDS.map((id) => {
    const parts: Record<string, StoredPart> = {};
    for (const event of history) {
      const [, aggregate = '', ...rest] = event.streamId.split('-');
      if (rest.join('-') === id && projection.folds[aggregate])
        parts[aggregate] = foldEvent(projection, aggregate, parts[aggregate], event);
    }
    return Object.keys(parts).length === 0 ? undefined : combineRow(projection, id, parts);
  });
}

/** What is folded into rows: read models, and deadlines under the settings that hold when nobody says otherwise. */
const foldedBy = ({ projections, deadlines }: BoundedContext) => [
  ...projections,
  ...deadlines.map((deadline) => deadlineRows(deadline, z.object(deadline.settings ?? {}).parse({}))),
];

describe.each(contexts.map((context) => [context.name, context] as const))('%s', (_name, context) => {
  test('what is decided fits the schemas, and survives JSON', () => {
    fc.assert(
      fc.property(histories(context), (history) => {
        for (const event of history) {
          if (isCommandRejected(event)) continue;
          const { aggregate } = {
            aggregate: context.aggregates.find(({ name }) => event.streamId.includes(`-${name}-`)),
          };
          const { type, data } = event;
          expect(aggregate?.events.parse(JSON.parse(JSON.stringify({ type, data })))).toEqual({ type, data });
        }
      }),
    );
  });

  test('the state is a function of the events: folded twice, or in two halves, it is the same', () => {
    fc.assert(
      fc.property(histories(context), fc.nat(30), (history, cut) => {
        for (const { name, decider } of context.aggregates) {
          for (const id of IDS) {
            const events = history.filter(
              (event) => event.streamId === streamIdOf(context.name, name, id) && !isCommandRejected(event),
            );
            const fold = (from: unknown, some: readonly Message[]) =>
              some.reduce((before, event) => decider.evolve(before, event), from);
            const whole = fold(decider.initial, events);
            expect(fold(decider.initial, events)).toEqual(whole);
            expect(
              fold(JSON.parse(JSON.stringify(fold(decider.initial, events.slice(0, cut)))), events.slice(cut)),
            ).toEqual(whole);
          }
        }
      }),
    );
  });

  describe.each(foldedBy(context).map((projection) => [projection.name, projection] as const))(
    '%s',
    (_projection, projection) => {
      const expected = (history: readonly RecordedEvent[]) => foldOf(projection, history);

      test('in order, in any batches, a row is the fold of its events', async () => {
        await fc.assert(
          fc.asyncProperty(histories(context), fc.integer({ min: 1, max: 10 }), async (history, size) => {
            const batches = Array.from({ length: Math.ceil(history.length / size) }, (_, n) =>
              history.slice(n * size, (n + 1) * size),
            );
            expect(await rowsAfter(projection, batches, history)).toEqual(expected(history));
          }),
        );
      });

      test('handed over twice, the same as once', async () => {
        await fc.assert(
          fc.asyncProperty(histories(context), async (history) => {
            expect(await rowsAfter(projection, [history, history], history)).toEqual(expected(history));
          }),
        );
      });

      test('in any order, with repeats, one by one: the same row', async () => {
        const shuffled = histories(context).chain((history) =>
          fc.tuple(
            fc.constant(history),
            fc.shuffledSubarray(history, { minLength: history.length }),
            history.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...history), { maxLength: 5 }),
          ),
        );
        await fc.assert(
          fc.asyncProperty(shuffled, async ([history, order, repeats]) => {
            expect(
              await rowsAfter(
                projection,
                [...order, ...repeats].map((event) => [event]),
                history,
              ),
            ).toEqual(expected(history));
          }),
        );
      });

      test('by writers that overlap: the same row', async () => {
        await fc.assert(
          fc.asyncProperty(histories(context), fc.nat(30), fc.nat(30), async (history, a, b) => {
            const rows = new InMemoryReadStore();
            const store = await storeOf(history);
            const parts = [history.slice(0, Math.max(a, b)), history.slice(Math.min(a, b)), history];
            await Promise.all(parts.map((part) => applyProjection(projection, part, { rows, store })));
            expect(await Promise.all(IDS.map((id) => rows.get(projection, id)))).toEqual(expected(history));
          }),
        );
      });
    },
  );
});
