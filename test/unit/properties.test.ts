import { isCommandRecord, type Message, streamIdOf } from '@daybook/core';
import fc from 'fast-check';
import app from '../../daybook.config.ts';
import { histories, IDS } from './histories.ts';

const { contexts } = app;

// Laws that hold for every context, whatever it decides.

describe.each(contexts.map((context) => [context.name, context] as const))('%s', (_name, context) => {
  test('what is decided fits the schemas, and survives JSON', () => {
    fc.assert(
      fc.property(histories(context), (history) => {
        for (const event of history) {
          if (isCommandRecord(event)) continue;
          const aggregate = context.aggregates.find(({ name }) => event.streamId.includes(`-${name}-`));
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
              (event) => event.streamId === streamIdOf(context.name, name, id) && !isCommandRecord(event),
            );
            const fold = (from: unknown, some: readonly Message[]) =>
              some.reduce((before, event) => decider.evolve(before, event), from);
            const whole = fold(decider.initial, events);
            expect(fold(decider.initial, events)).toEqual(whole);
            // As a snapshot stores it, where a state may be undefined.
            const stored = JSON.stringify({ state: fold(decider.initial, events.slice(0, cut)) });
            expect(fold(JSON.parse(stored).state, events.slice(cut))).toEqual(whole);
          }
        }
      }),
    );
  });
});
