import { foldRows, type Message } from '@daybook/core';
import { recordedEvents } from '@daybook/testing';
import { meetupsByAccount } from './meetups-by-account.ts';
import { meetupsList } from './meetups-list.ts';

const uuid = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const stream = `meetups-Meetup-${uuid}`;
const [ada, ben] = ['0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', '2ab0d3f0-7b1c-4a53-9d55-111111111111'] as const;
const [may, june] = ['2026-05-01T18:00:00.000Z', '2026-06-01T18:00:00.000Z'] as const;
const added = (account_uuid: string) => ({
  type: 'AttendeeAdded',
  data: { uuid, account_uuid, name: 'a name', email: 'an.e-mail@example.org' },
});

const life: Message[] = [
  { type: 'MeetupCreated', data: { uuid, title: 'CQRS', date: may, host: 'Cleo' } },
  added(ada),
  added(ben),
  { type: 'MeetupLocationChanged', data: { uuid, name: 'Town hall', address: '1 Main Street' } },
  { type: 'MeetupTitleUpdated', data: { uuid, title: 'CQRS, again' } },
  { type: 'AttendeeRemoved', data: { uuid, account_uuid: ada } },
  { type: 'MeetupRescheduled', data: { uuid, date: june } },
  { type: 'MeetupCancelled', data: { uuid } },
];
const after = (events: number) => recordedEvents(...life.slice(0, events).map((event) => [stream, event] as const));

test('meetups: what it is, when, where, and how many come', () => {
  const row = (events: number) => foldRows(meetupsList, after(events)).get(uuid)?.[0];
  const created = { uuid, title: 'CQRS', date: may, location_name: null, location_address: null, status: 'scheduled' };
  expect(row(1)).toEqual({ ...created, attendees: 0 });
  expect(row(3)).toEqual({ ...created, attendees: 2 });
  const moved = { title: 'CQRS, again', location_name: 'Town hall', location_address: '1 Main Street', attendees: 1 };
  expect(row(6)).toEqual({ ...created, ...moved });
  expect(row(8)).toEqual({ ...created, ...moved, date: june, status: 'cancelled' });
});

test('meetups_by_account: a row for each who attends, which follows the meetup', () => {
  const rows = (events: number) => foldRows(meetupsByAccount, after(events)).get(uuid);
  const row = { meetup_uuid: uuid, title: 'CQRS', date: may, status: 'scheduled' };
  expect(rows(1)).toEqual([]);
  expect(rows(3)).toEqual([
    { ...row, account_uuid: ada },
    { ...row, account_uuid: ben },
  ]);
  expect(rows(5)?.map(({ title }) => title)).toEqual(['CQRS, again', 'CQRS, again']);
  expect(rows(8)).toEqual([{ ...row, account_uuid: ben, title: 'CQRS, again', date: june, status: 'cancelled' }]);
});

test('no name and no e-mail is in either', () => {
  const shown = [meetupsList, meetupsByAccount].map((projection) => [...foldRows(projection, after(3)).values()]);
  expect(JSON.stringify(shown)).not.toMatch(/a name|an\.e-mail|Cleo/);
});
