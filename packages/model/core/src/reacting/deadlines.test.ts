import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import fc from 'fast-check';
import { z } from 'zod';
import type { CommandMessage } from '../messages/command.ts';
import type { NewEvent, RecordedEvent } from '../messages/event.ts';
import { Unavailable } from '../messages/fault.ts';
import { deadline, settingsOf } from '../modelling/deadline.ts';
import type { Subscription } from '../ports/event-store.ts';
import { silent } from '../ports/log.ts';
import { applyProjection } from '../projecting/apply-projection.ts';
import { deadlineRows } from './deadline-rows.ts';
import { type DeadlineDependencies, dispatchDue, renewDueTimes } from './dispatch-due.ts';
import { atMinute, events, lent, overdue, table } from './test-overdue.ts';
import { watchDeadlines } from './watch-deadlines.ts';

let rows: InMemoryReadStore;
let store: InMemoryEventStore;
let sent: CommandMessage[];
let now: string;
let parts: DeadlineDependencies;
let watch: Subscription | undefined;

afterEach(() => watch?.stop());

beforeEach(async () => {
  rows = new InMemoryReadStore();
  store = new InMemoryEventStore();
  for (const { streamId, revision, ...event } of events)
    await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event as NewEvent]);
  sent = [];
  now = atMinute(0);
  parts = {
    context: 'library',
    name: overdue.name,
    table,
    rows,
    clock: { now: () => new Date(now), sleep: () => Promise.resolve() },
    log: silent,
    publish: async (command) => void sent.push(command),
  };
});

const see = (...batch: number[]) =>
  applyProjection(
    table,
    batch.map((n) => events[n] as RecordedEvent),
    { rows, store },
  );
async function at(minute: number): Promise<string[]> {
  now = atMinute(minute);
  sent = [];
  await dispatchDue(parts);
  return sent.map(({ command }) => command.type);
}

test('each command is sent when its time has come, and once', async () => {
  await see(0);
  expect(await at(9)).toEqual([]);
  expect(await at(10)).toEqual(['Warn']);
  expect(sent).toEqual([
    {
      context: 'library',
      command: { type: 'Warn', data: { book: '1' } },
      commandId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      correlationId: events[0]?.metadata.correlation_id,
      causationId: events[0]?.id,
      actor: 'BookOverdue',
      traceparent: undefined,
    },
  ]);
  expect(await at(19)).toEqual([]);
  expect(await at(20)).toEqual(['Fine']);
  expect(await at(60)).toEqual([]);
});

test('who comes late sends all that is due, the first first', async () => {
  await see(0);
  expect(await at(60)).toEqual(['Warn', 'Fine']);
});

test('later events take it back, seen before or after the one that set it', async () => {
  await see(1);
  await see(0);
  expect(await at(60)).toEqual([]);
  await see(3);
  await see(0, 1);
  expect(await at(60)).toEqual(['Warn', 'Fine']);
  expect(sent.map(({ causationId }) => causationId)).toEqual([events[3]?.id, events[3]?.id]);
});

test('what is sent stays sent when events are folded after it or again', async () => {
  await see(0, 1, 3);
  expect(await at(13)).toEqual(['Warn']);
  await see(4);
  await see(0, 1, 2, 3, 4);
  expect(await at(60)).toEqual([]);
});

test('any order, repetition and batches of events leave the same deadline', async () => {
  await see(0, 1, 2, 3, 4);
  const expected = (await rows.get(table, '1'))?.row;
  expect(expected).toMatchObject({ due_at: atMinute(13) });
  const numbers = [0, 1, 2, 3, 4];
  const batches = fc
    .tuple(fc.shuffledSubarray(numbers, { minLength: 5 }), fc.array(fc.constantFrom(...numbers), { maxLength: 5 }))
    .chain(([order, repeats]) => fc.tuple(fc.constant([...order, ...repeats]), fc.integer({ min: 1, max: 4 })));
  await fc.assert(
    fc.asyncProperty(batches, async ([order, size]) => {
      rows = new InMemoryReadStore();
      for (let n = 0; n < order.length; n += size) await see(...order.slice(n, n + size));
      expect((await rows.get(table, '1'))?.row).toEqual(expected);
    }),
  );
});

test('a command that the broker may have is sent again, under the same id', async () => {
  await see(0);
  const ids: string[] = [];
  const lost = { ...rows, load: rows.load.bind(rows), list: rows.list.bind(rows) };
  const save = () => Promise.reject(new Unavailable('read store', new Error('gone')));
  const publish = async ({ commandId }: CommandMessage) => void ids.push(commandId);
  now = atMinute(10);
  await expect(dispatchDue({ ...parts, publish, rows: { ...lost, save } as never })).rejects.toThrow(Unavailable);
  await Promise.all([1, 2].map(() => dispatchDue({ ...parts, publish })));
  await dispatchDue({ ...parts, publish });
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(1);
});

test('what can’t be sent holds up nothing else, and is not forgotten', async () => {
  const other = recordedEvents(['library-Book-2', { type: 'Lent', data: {} }]);
  await see(0);
  await applyProjection(table, other, { rows, store });
  const failing = (error: Error) => ({
    ...parts,
    publish: async (command: CommandMessage) => {
      if ((command.command.data as { book: string }).book === '1') throw error;
      sent.push(command);
    },
  });
  now = atMinute(10);
  await dispatchDue(failing(new Error('a bug')));
  expect(sent.map(({ command }) => command.data)).toEqual([{ book: '2' }]);
  await expect(dispatchDue(failing(new Unavailable('broker', new Error('away'))))).rejects.toThrow(Unavailable);
  expect(await at(10)).toEqual(['Warn']);
});

test('more than a page of them', async () => {
  const many = recordedEvents(
    ...Array.from({ length: 250 }, (_, n) => [`library-Book-${n}`, { type: 'Lent', data: {} }] as const),
  );
  await applyProjection(table, many, { rows, store });
  expect(await at(10 + 149)).toHaveLength(150 + 140);
  expect(await at(10 + 149)).toEqual([]);
});

test('other settings hold for what stands already', async () => {
  await see(0);
  const sooner = deadlineRows(overdue, { MINUTES: 5 });
  await renewDueTimes({ ...parts, table: sooner });
  expect((await rows.get(table, '1'))?.row).toMatchObject({ due_at: atMinute(5) });
  await dispatchDue({
    ...parts,
    clock: { ...parts.clock, now: () => new Date(atMinute(5)) },
    table: deadlineRows(overdue, { MINUTES: 7 }),
  });
  expect(sent).toEqual([]);
  expect((await rows.get(table, '1'))?.row).toMatchObject({ due_at: atMinute(7) });
});

test('two deadlines that would be one command are a mistake, and so are two settings of one name', async () => {
  const twice = deadline({
    name: 'Twice',
    version: 1,
    folds: { Book: lent },
    due: (book, { Book: because }) => {
      const one = because && { at: because.recorded_at, because, command: { type: 'Warn', data: { book } } };
      return one === null ? [] : [one, one];
    },
  });
  await expect(applyProjection(deadlineRows(twice, {}), events.slice(0, 1), { rows, store })).rejects.toThrow('Twice');
  expect(() => settingsOf([overdue, { ...overdue, settings: { MINUTES: z.string() } }])).toThrow('MINUTES');
});

test('the watch knows of other settings, waits for what is away, goes on after a bug, and stops', async () => {
  await see(0);
  now = atMinute(5);
  const failures = [new Unavailable('read store', new Error('away')), undefined, new Error('a bug')];
  let looks = 0;
  const list: typeof rows.list = async (...request) => {
    looks++;
    const failure = failures.shift();
    if (failure) throw failure;
    return rows.list(...request);
  };
  const faulty = { load: rows.load.bind(rows), save: rows.save.bind(rows), list };
  const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));
  const firstSent = new Promise<void>((resolve) => {
    parts = {
      ...parts,
      publish: async (command) => {
        sent.push(command);
        resolve();
      },
    };
  });
  const sooner = deadlineRows(overdue, { MINUTES: 5 });
  watch = watchDeadlines({ ...parts, table: sooner, rows: faulty as never, clock: { ...parts.clock, sleep } }, 1);
  await firstSent;
  await watch.stop();
  const looked = looks;
  await sleep();
  expect(looks).toBe(looked);
  expect(sent).toHaveLength(1);
});
