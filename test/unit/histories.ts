import {
  type Aggregate,
  type BoundedContext,
  isRejection,
  type Message,
  type NewEvent,
  type RecordedEvent,
  streamIdOf,
} from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import fc from 'fast-check';
import { z } from 'zod';

/** The ids that every uuid in a history is one of. */
export const IDS = ['0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', '7c9e6679-7425-40de-944b-e07fc1f90ae7'];

const byFormat: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.constantFrom(...IDS),
  datetime: fc.constantFrom('2026-05-01T18:00:00.000Z', '2026-06-01T18:00:00.000Z'),
  email: fc.constantFrom('ada@example.org', 'ben@example.org'),
};

/** Any value that a field of a command may have. */
function anyValueOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const { type, format = '' } = schema._zod.def as { type: string; format?: string };
  const fits = (value: unknown) => z.safeParse(schema, value).success;
  if (type === 'optional') {
    return fc.option(anyValueOf((schema as z.core.$ZodOptional)._zod.def.innerType), { nil: undefined });
  }
  if (type === 'string') return byFormat[format] ?? fc.oneof(fc.constantFrom('a', 'b'), fc.string()).filter(fits);
  if (type === 'number') return fc.integer({ min: -10, max: 2000 }).filter(fits);
  throw new Error(`no values are known for ${type}: add them here`);
}

function messagesOf(union: Aggregate['commands']): fc.Arbitrary<Message> {
  return fc.oneof(
    ...union.options.map((option) => {
      const fields = Object.entries(option.shape.data.shape).map(([name, schema]) => [name, anyValueOf(schema)]);
      return fc.record({ type: fc.constant(option.shape.type.value), data: fc.record(Object.fromEntries(fields)) });
    }),
  );
}

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

/** What a context may be asked. */
export function commandsOf(context: BoundedContext): fc.Arbitrary<Message> {
  return fc.oneof(...context.aggregates.map(({ commands }) => messagesOf(commands)));
}

/** What a context may have recorded. */
export function histories(context: BoundedContext): fc.Arbitrary<RecordedEvent[]> {
  return fc.array(commandsOf(context), { maxLength: 30 }).map((commands) => historyOf(context, commands));
}

/** An event store that holds the history. */
export async function storeOf(history: readonly RecordedEvent[]): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  for (const { streamId, revision, ...event } of history) {
    await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event as NewEvent]);
  }
  return store;
}

/** fast-check prints the seed of a failure; FAST_CHECK_SEED replays it. */
export function configureFastCheck(): void {
  const seed = process.env.FAST_CHECK_SEED;
  fc.configureGlobal({ numRuns: 200, ...(seed ? { seed: Number(seed) } : {}) });
}
