import { announcementFrom, Members, SILENCE_MS } from './members.ts';

const said = (member: string, holds: string[] = [], contexts = ['loans']) => ({
  member,
  queue: `commands.members.${member}.1`,
  contexts,
  holds,
});
const me = { member: '2', contexts: ['loans'] };

test('the share follows from who is there: one more takes a part, one who left gives it back', () => {
  const members = new Members();
  expect(members.shareOf(me).size).toBe(17);
  expect(members.heard(said('1'), 0)).toBe('members');
  expect(members.shareOf(me).size).toBe(8);
  expect(members.heard(said('3', [], ['accounts']), 0)).toBe('members');
  expect(members.shareOf(me).size).toBe(8);
  expect(members.heard(said('1', [], []), 0)).toBe('members');
  expect(members.shareOf(me).size).toBe(17);
  expect(members.heard(said('1', [], []), 0)).toBeUndefined();
});

test('what another one holds is known until it says otherwise, leaves, or falls silent', () => {
  const members = new Members();
  members.heard(said('1', ['commands.loans.3', 'commands.loans.4']), 0);
  expect(members.heard(said('1', ['commands.loans.3', 'commands.loans.4']), 1)).toBeUndefined();
  expect(members.isHeld('commands.loans.3')).toBe(true);
  expect(members.isHeld('commands.loans.5')).toBe(false);
  expect(members.heard(said('1', ['commands.loans.4']), 2)).toBe('holds');
  expect(members.isHeld('commands.loans.3')).toBe(false);
  members.heard(said('4', ['commands.loans.5']), 2);
  members.heard(said('4', ['commands.loans.5'], []), 3);
  expect(members.isHeld('commands.loans.5')).toBe(false);
  expect(members.dropSilent(2 + SILENCE_MS)).toEqual([]);
  expect(members.dropSilent(3 + SILENCE_MS)).toEqual(['1']);
  expect(members.isHeld('commands.loans.4')).toBe(false);
});

test('silence that is our own does not count', () => {
  const members = new Members();
  members.heard(said('1'), 0);
  members.excuseAll(60_000);
  expect(members.dropSilent(60_000 + SILENCE_MS)).toEqual([]);
  expect(members.size).toBe(1);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{}',
  '{"member":1,"queue":"q","contexts":[],"holds":[]}',
  '{"member":"1","queue":"q","contexts":"loans","holds":[]}',
  '{"member":"1","queue":"q","contexts":[],"holds":[3]}',
  '{"member":"1","contexts":[],"holds":[]}',
])('%s is no announcement', (text) => {
  expect(announcementFrom(Buffer.from(text))).toBeUndefined();
});

test('an announcement is what was announced', () => {
  const announcement = said('1', ['commands.loans.3']);
  expect(announcementFrom(Buffer.from(JSON.stringify(announcement)))).toEqual(announcement);
});
