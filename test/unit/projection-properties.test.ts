import {
  applyProjection,
  deadlineRows,
  foldRows,
  type Projection,
  type ReadStore,
  type RecordedEvent,
  type Row,
} from '@daybook/core';
import { InMemoryReadStore } from '@daybook/in-memory';
import fc from 'fast-check';
import { z } from 'zod';
import app from '../../daybook.config.ts';
import { histories, storeOf } from './histories.ts';

const { contexts } = app;

// G4 for every projection of every context: the rows are the fold of the history, whatever way it comes.

/** Deadlines too are rows that are folded; under the settings that hold when nobody says otherwise. */
const projections = contexts.flatMap((context) => {
  const deadlines = context.deadlines.map((one) => deadlineRows(one, z.object(one.settings ?? {}).parse({})));
  return [...context.projections, ...deadlines].map(
    (projection) => [`${context.name}: ${projection.name}`, context, projection] as const,
  );
});

/** Rows in one order, whichever way they were got. */
const inOneOrder = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).sort();

async function storedIn(rows: ReadStore, projection: Projection) {
  return inOneOrder((await rows.list(projection, { filters: {}, limit: 100_000 })).rows);
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
  return storedIn(rows, projection);
}

describe.each(projections)('%s', (_name, context, projection) => {
  const expected = (history: readonly RecordedEvent[]) =>
    inOneOrder([...foldRows(projection, history).values()].flat());

  test('each row fits its schema', () => {
    fc.assert(
      fc.property(histories(context), (history) => {
        for (const row of [...foldRows(projection, history).values()].flat())
          expect(projection.row.strict().parse(row)).toEqual(row);
      }),
    );
  });

  test('in order, in any batches', async () => {
    await fc.assert(
      fc.asyncProperty(histories(context), fc.integer({ min: 1, max: 10 }), async (history, size) => {
        const batches = Array.from({ length: Math.ceil(history.length / size) }, (_, n) =>
          history.slice(n * size, (n + 1) * size),
        );
        expect(await rowsAfter(projection, batches, history)).toEqual(expected(history));
      }),
    );
  });

  test('handed over twice', async () => {
    await fc.assert(
      fc.asyncProperty(histories(context), async (history) => {
        expect(await rowsAfter(projection, [history, history], history)).toEqual(expected(history));
      }),
    );
  });

  test('in any order, with repeats, in any batches', async () => {
    const shuffled = histories(context).chain((history) =>
      fc.tuple(
        fc.constant(history),
        fc.shuffledSubarray(history, { minLength: history.length }),
        history.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...history), { maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([history, order, repeats, size]) => {
        const events = [...order, ...repeats];
        const batches = Array.from({ length: Math.ceil(events.length / size) }, (_, n) =>
          events.slice(n * size, (n + 1) * size),
        );
        expect(await rowsAfter(projection, batches, history)).toEqual(expected(history));
      }),
    );
  });

  test('by writers that overlap', async () => {
    await fc.assert(
      fc.asyncProperty(histories(context), fc.nat(30), fc.nat(30), async (history, a, b) => {
        const rows = new InMemoryReadStore();
        const store = await storeOf(history);
        const parts = [history.slice(0, Math.max(a, b)), history.slice(Math.min(a, b)), history];
        await Promise.all(parts.map((part) => applyProjection(projection, part, { rows, store })));
        expect(await storedIn(rows, projection)).toEqual(expected(history));
      }),
    );
  });
});
