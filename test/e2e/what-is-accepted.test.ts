import { randomUUID } from 'node:crypto';
import {
  applyProjection,
  type BoundedContext,
  type EventStore,
  foldRows,
  MAX_BODY_BYTES,
  type Message,
  type Projection,
  parseData,
  parseStreamId,
  type ReadStore,
  type RecordedEvent,
  type Row,
  silent,
} from '@daybook/core';
import { startTestApp, type TestApp } from '@daybook/embedded';
import { openEventStore } from '@daybook/event-store';
import { connectPostgresReadStore, createReadModels } from '@daybook/read-store-postgres';
import { eventually } from '@daybook/test-support';
import fc from 'fast-check';
import app from '../../daybook.config.ts';
import { edges } from '../unit/any-value.ts';
import { commandsOf, historyOf } from '../unit/histories.ts';
import { notes } from './notes.ts';

// Whatever a schema accepts comes back as it was: from the event store, from each read model, and from one that is built
// anew. The values are generated from the schemas of every context, at the edges of what they take.

let daybook: TestApp;
let store: EventStore;
let rows: ReadStore;

beforeAll(async () => {
  daybook = await startTestApp({ ...app, contexts });
  store = await openEventStore({ url: daybook.databaseUrl, log: silent, applicationName: 'test' });
  rows = connectPostgresReadStore({ url: daybook.databaseUrl, log: silent });
}, 120_000);

afterAll(async () => {
  await rows.close();
  await store.close();
  await daybook.stop();
}, 60_000);

const contexts = [...app.contexts, notes];

/** Any text where that is an id, else a UUID; never one that was there before. */
const anyId = (context: BoundedContext) =>
  fc.tuple(context === notes ? edges.text : fc.constant('')).map(([text]) => text.slice(-1100) + randomUUID());

/** Commands to one entity, as they are sent; each with the id that all of its aggregates share. */
function commandsToOne(context: BoundedContext): fc.Arbitrary<{ id: string; commands: readonly Message[] }> {
  const commands = fc.array(commandsOf(context, edges), { minLength: 1, maxLength: 8 });
  return fc.tuple(commands, anyId(context)).map(([commands, id]) => {
    const keyOf = ({ type }: Message) => context.commands.get(type)?.aggregate.id as string;
    return { id, commands: commands.map((one) => ({ ...one, data: { ...(one.data as object), [keyOf(one)]: id } })) };
  });
}

async function send({ name }: BoundedContext, { type, data }: Message): Promise<number> {
  const response = await fetch(`${daybook.commandsUrl}/commands/${name}/${type}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'consistency=strong' },
    body: JSON.stringify(data),
  });
  await response.body?.cancel();
  return response.status;
}

/** The command as its schema takes it; undefined for one that it does not, or that is too large. */
function taken(context: BoundedContext, { type, data }: Message): Message | undefined {
  const body = JSON.stringify(data);
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) return undefined;
  try {
    return parseData(context, type, JSON.parse(body)).command;
  } catch {
    return undefined;
  }
}

const said = ({ type, data }: Message) => ({ type, data });

/** What the store has of an entity, each stream in order. */
async function eventsOf({ name, aggregates }: BoundedContext, id: string): Promise<readonly RecordedEvent[]> {
  return (await Promise.all(aggregates.map((one) => store.read(`${name}-${one.name}-${id}`, 0, 1000)))).flat();
}

/** The rows that the query-service shows of an entity. */
async function shownOf(
  { name }: BoundedContext,
  { name: model, itemKey, row }: Projection,
  id: string,
): Promise<readonly Row[]> {
  const response = await fetch(
    `${daybook.queriesUrl}/${name}/${model.replaceAll('_', '-')}/${encodeURIComponent(id)}?${itemKey ? 'limit=500' : ''}`,
  );
  if (response.status === 404) return [];
  expect(response.status).toBe(200);
  const body = (await response.json()) as Row;
  const shown = itemKey === undefined ? [body] : (body.items as readonly Row[]);
  return shown.map((one) => row.parse(one));
}

/** Items are listed by their ids. */
const byItem = ({ itemKey }: Projection, rows: readonly Row[]) =>
  itemKey === undefined ? rows : rows.toSorted((a, b) => (String(a[itemKey]) < String(b[itemKey]) ? -1 : 1));

/** Invalid, or too large. */
const refusedAs = (status: number) => (status === 413 ? 413 : 400);
/** Accepted, or refused by the domain. */
const decidedAs = (status: number) => (status === 422 ? 422 : 200);

describe.each(contexts.map((context) => [context.name, context] as const))('%s', (_name, context) => {
  test('what is accepted is stored, shown and folded anew as it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(commandsToOne(context), async ({ id, commands }) => {
        const decided: Message[] = [];
        for (const command of commands) {
          const parsed = taken(context, command);
          const status = await send(context, command);
          expect({ command, status }).toEqual({
            command,
            status: parsed === undefined ? refusedAs(status) : decidedAs(status),
          });
          if (parsed !== undefined) decided.push(parsed);
        }
        if (decided.length === 0) return;
        await eventually('each read model is the fold of the events', async () => {
          const events = await eventsOf(context, id);
          for (const projection of context.projections) {
            const folded = foldRows(projection, events).get(id) ?? [];
            expect(await shownOf(context, projection, id)).toEqual(byItem(projection, folded));
          }
          return true;
        });
        const expected = historyOf(context, decided);
        const events = await eventsOf(context, id);
        for (const streamId of new Set(expected.map((one) => one.streamId))) {
          const stored = events.filter((one) => one.streamId === streamId);
          // Where a process manager took part, other things happened.
          if (stored.some(({ metadata }) => metadata.causation_id !== metadata.command_id)) continue;
          expect(stored.map(said)).toEqual(expected.filter((one) => one.streamId === streamId).map(said));
        }
      }),
      // A smaller example would take half a minute for each step on the way to it.
      { numRuns: 25, endOnFailure: true },
    );
  }, 300_000);

  test('a read model that is built anew has the same rows', async () => {
    for (const projection of context.projections) {
      const again = { ...projection, name: `${projection.name}_again` };
      await createReadModels({
        url: daybook.databaseUrl,
        contexts: [{ name: context.name, projections: [again] }],
        log: silent,
      });
      for (let after = 0, more = true; more; ) {
        const page = await store.readFeed(context.name, after, 200);
        const own = page.filter(({ streamId }) => Object.hasOwn(projection.folds, parseStreamId(streamId).aggregate));
        await applyProjection(again, own, { rows, store });
        after = page.at(-1)?.position ?? after;
        more = page.length > 0;
      }
      expect(await everyRow(again)).toEqual(await everyRow(projection));
    }
  }, 300_000);
});

async function everyRow(projection: Projection): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await rows.list(projection, { filters: {}, limit: 100, cursor });
    all.push(...page.rows);
    cursor = page.next;
  }
  return all;
}
