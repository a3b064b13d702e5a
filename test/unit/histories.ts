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
import { anyValueOf, type Sources } from './any-value.ts';

export { IDS } from './any-value.ts';

function messagesOf(union: Aggregate['commands'], from?: Sources): fc.Arbitrary<Message> {
  return fc.oneof(
    ...union.options.map((option) => {
      const fields = Object.entries(option.shape.data.shape).map(([name, schema]) => [name, anyValueOf(schema, from)]);
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
export function historyOf(context: BoundedContext, commands: readonly Message[]): RecordedEvent[] {
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
    } else if (decision.length === 0) {
      recorded.push([streamId, { type: 'CommandHadNoEffect', data: { command: command.type, data: command.data } }]);
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

/** What a context may be asked. @param from values that come again when left out */
export function commandsOf(context: BoundedContext, from?: Sources): fc.Arbitrary<Message> {
  return fc.oneof(...context.aggregates.map(({ commands }) => messagesOf(commands, from)));
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
