import { type EventStore, type NewEvent, type RecordedEvent, RevisionConflict, Unavailable } from '@daybook/core';
import type { LogEvent, ParkedLog } from './parked-log.ts';
import { ParkedStream } from './parked-stream.ts';

/** One stream in memory, which can lose answers. */
class OneStream implements Pick<EventStore, 'append' | 'read'> {
  readonly events: RecordedEvent[] = [];
  loseAnswers = 0;

  async append(streamId: string, expected: number | 'no-stream', events: readonly NewEvent[]) {
    const at = expected === 'no-stream' ? -1 : expected;
    const same = events.every(({ id }, index) => this.events[at + 1 + index]?.id === id);
    if (!same && at !== this.events.length - 1) {
      throw new RevisionConflict(streamId, expected, this.events.length - 1);
    }
    if (!same) {
      for (const event of events) {
        this.events.push({ ...event, streamId, revision: this.events.length, position: 0 });
      }
    }
    if (this.loseAnswers-- > 0) throw new Unavailable('the store', 'no answer');
    return { revision: at + events.length };
  }

  async read(_streamId: string, from: number, limit: number) {
    return this.events.slice(from, from + limit);
  }
}

const open = (store: OneStream, writer: string) =>
  new ParkedStream(store, { context: 'loans', group: 'group', writer });

const aside = (entity: string, position: number): LogEvent => ({
  type: 'EventSetAside',
  data: {
    position,
    stream: `loans-Loan-${entity}`,
    revision: 0,
    entity,
    kind: 'parked',
    attempts: 1,
    reason: '',
    parked_at: '',
  },
});
const recordOnce = (event: Extract<LogEvent, { type: 'EventSetAside' }>) => (log: ParkedLog) =>
  log.has(event.data) ? [] : [event];
const asideOf = (entity: string, position: number) =>
  recordOnce(aside(entity, position) as Extract<LogEvent, { type: 'EventSetAside' }>);

test('its category is not the one of the context', async () => {
  const store = new OneStream();
  await open(store, 'one').record(asideOf('a', 1));
  expect(store.events[0]?.streamId).toBe('parked_loans-group');
});

test('what is decided is decided on the latest: of two that claim an entity, one has it', async () => {
  const store = new OneStream();
  const [one, two] = [open(store, 'one'), open(store, 'two')];
  await one.record(asideOf('a', 1));
  await two.catchUp();
  const claim = (consumer: string) => (log: ParkedLog) =>
    log.of('a')?.claimedBy === null ? [{ type: 'EntityClaimed' as const, data: { entity: 'a', consumer } }] : [];
  const recorded = await Promise.all([one.record(claim('one')), two.record(claim('two'))]);
  expect(recorded.map((events) => events.length).sort()).toEqual([0, 1]);
  await Promise.all([one.catchUp(), two.catchUp()]);
  expect(one.log.of('a')?.claimedBy).toBe(two.log.of('a')?.claimedBy);
});

test('the same by two writers at the same place is not taken for one', async () => {
  const store = new OneStream();
  const [one, two] = [open(store, 'one'), open(store, 'two')];
  const recorded = await Promise.all([one.record(asideOf('a', 1)), two.record(asideOf('a', 1))]);
  expect(recorded.flat()).toHaveLength(1);
});

test('an answer that was lost: recorded once', async () => {
  const store = new OneStream();
  const parked = open(store, 'one');
  store.loseAnswers = 1;
  await expect(parked.record(asideOf('a', 1))).rejects.toMatchObject({ code: 'unavailable' });
  expect(await parked.record(asideOf('a', 1))).toEqual([]);
  expect(store.events).toHaveLength(1);
});

test('many at once are recorded in several appends', async () => {
  const store = new OneStream();
  const parked = open(store, 'one');
  const all = Array.from({ length: 250 }, (_, n) => asideOf(`e${n}`, n + 1));
  await parked.record((log) => all.flatMap((one) => one(log)));
  expect([...parked.log.entities]).toHaveLength(250);
});

test('two that read at the same time apply each event once', async () => {
  const store = new OneStream();
  await open(store, 'one').record(asideOf('a', 1));
  const other = open(store, 'two');
  await Promise.all([other.catchUp(), other.catchUp(), other.record(asideOf('b', 2))]);
  expect(other.log.items).toHaveLength(2);
});
