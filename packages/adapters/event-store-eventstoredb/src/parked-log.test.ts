import { type LogEvent, ParkedLog } from './parked-log.ts';

type AsideData = Extract<LogEvent, { type: 'EventSetAside' }>['data'];

const setAside = (entity: string, position: number, more: Partial<AsideData> = {}): LogEvent => ({
  type: 'EventSetAside',
  data: {
    position,
    stream: `loans-Loan-${entity}`,
    revision: position - 1,
    entity,
    kind: 'held',
    attempts: 0,
    reason: 'later',
    parked_at: '2026-01-01T00:00:00.000Z',
    ...more,
  },
});
const parked = (entity: string, position: number, more: Partial<AsideData> = {}) =>
  setAside(entity, position, { kind: 'parked', attempts: 5, reason: 'broken', ...more });
const replay = (position: number | null = null): LogEvent => ({ type: 'ReplayRequested', data: { position } });
const claimed = (entity: string, consumer: string | null): LogEvent => ({
  type: 'EntityClaimed',
  data: { entity, consumer },
});
const released = (entity: string, position: number): LogEvent => ({
  type: 'EventReleased',
  data: { entity, position },
});

function fold(...events: LogEvent[]): ParkedLog {
  const log = new ParkedLog();
  for (const event of events) log.apply(event);
  return log;
}

const places = (log: ParkedLog) => log.items.map(({ kind, position }) => `${kind} ${position}`);
const dueIn = (log: ParkedLog) => log.due.map(({ entity, first }) => `${entity}@${first.position}`);

test('nothing recorded: nothing set aside', () => {
  expect([...fold().entities]).toEqual([]);
  expect(fold().due).toEqual([]);
});

test('a parked event blocks its entity, and what comes after it is held in the order of the feed', () => {
  const log = fold(parked('a', 3), setAside('a', 9), setAside('a', 7), parked('b', 4));
  expect([...log.entities]).toEqual(['a', 'b']);
  expect(places(log)).toEqual(['parked 3', 'parked 4', 'held 7', 'held 9']);
  expect(log.due).toEqual([]);
});

test('recorded again because its acknowledgement was lost, it stays as it was', () => {
  const log = fold(parked('a', 3), setAside('a', 7), setAside('a', 3), setAside('a', 7));
  expect(places(log)).toEqual(['parked 3', 'held 7']);
  expect(log.items[0]).toMatchObject({ attempts: 5, reason: 'broken' });
});

test('replayed, it is due; released, those that it held back are due one by one, and then the entity is free', () => {
  const log = fold(parked('a', 3), setAside('a', 7), setAside('a', 9), replay());
  expect(dueIn(log)).toEqual(['a@3']);
  log.apply(released('a', 3));
  expect(dueIn(log)).toEqual(['a@7']);
  log.apply(released('a', 7));
  expect(dueIn(log)).toEqual(['a@9']);
  log.apply(released('a', 9));
  expect(log.has({ entity: 'a', position: 9 })).toBe(false);
  expect([...log.entities]).toEqual([]);
});

test('one of several is replayed; a request for what is not parked changes nothing', () => {
  expect(dueIn(fold(parked('a', 3), parked('b', 4), replay(4)))).toEqual(['b@4']);
  expect(dueIn(fold(parked('a', 3), setAside('a', 7), replay(7), replay(99)))).toEqual([]);
});

test('a replayed event that is not the first of its entity waits for those before it', () => {
  const log = fold(parked('a', 3), parked('a', 5), replay(5));
  expect(log.due).toEqual([]);
  log.apply(replay(3));
  expect(dueIn(log)).toEqual(['a@3']);
  log.apply(released('a', 3));
  expect(dueIn(log)).toEqual(['a@5']);
});

test('it failed again: parked again, not due, and no longer claimed', () => {
  const log = fold(parked('a', 3), replay(), claimed('a', 'one'), parked('a', 3, { reason: 'still broken' }));
  expect(log.due).toEqual([]);
  expect(log.of('a')).toMatchObject({ claimedBy: null, items: [{ reason: 'still broken', replay: false }] });
});

test('a held event with nothing before it is due by itself', () => {
  expect(dueIn(fold(parked('a', 3), replay(), released('a', 3), setAside('a', 7)))).toEqual(['a@7']);
});

test('an earlier event that is set aside later comes first', () => {
  expect(dueIn(fold(setAside('a', 7), parked('a', 3)))).toEqual([]);
});

test('a claim stays while the entity is worked on, and can be given back', () => {
  const log = fold(parked('a', 3), setAside('a', 7), replay(), claimed('a', 'one'), released('a', 3));
  expect(log.of('a')?.claimedBy).toBe('one');
  log.apply(claimed('a', null));
  expect(log.of('a')?.claimedBy).toBeNull();
});

test('touched changes with everything that is recorded of the entity, and with nothing else', () => {
  const log = fold(parked('a', 3), parked('b', 4));
  const before = log.of('a')?.touched;
  log.apply(setAside('b', 8));
  expect(log.of('a')?.touched).toBe(before);
  log.apply(claimed('a', 'one'));
  expect(log.of('a')?.touched).not.toBe(before);
});

test('claims and releases of what is not set aside are nothing', () => {
  const log = fold(claimed('a', 'one'), released('a', 3), replay());
  expect([...log.entities]).toEqual([]);
});

test('what a newer version has recorded is passed over', () => {
  const log = fold(parked('a', 3));
  log.apply({ type: 'EntityForgotten', data: {} } as unknown as LogEvent);
  expect(places(log)).toEqual(['parked 3']);
});
