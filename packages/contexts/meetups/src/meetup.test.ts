import { personalFields } from '@daybook/core';
import { given } from '@daybook/testing';
import { MeetupCommand, meetup } from './meetup.ts';

const uuid = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const ada = { uuid, account_uuid: '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', name: 'Ada', email: 'ada@example.org' };
const ben = { uuid, account_uuid: '2ab0d3f0-7b1c-4a53-9d55-111111111111', name: 'Ben', email: 'ben@example.org' };
const announced = { uuid, title: 'Event sourcing', date: '2026-05-01T18:00:00.000Z', host: 'Cleo' };
const at = { uuid, name: 'Town hall', address: '1 Main Street' };

const created = { type: 'MeetupCreated', data: announced } as const;
const adaAdded = { type: 'AttendeeAdded', data: ada } as const;
const adaRemoved = { type: 'AttendeeRemoved', data: { uuid, account_uuid: ada.account_uuid } } as const;
const cancelled = { type: 'MeetupCancelled', data: { uuid } } as const;

const create = { type: 'CreateMeetup', data: announced } as const;
const rename = (title: string) => ({ type: 'UpdateMeetupTitle', data: { uuid, title } }) as const;
const reschedule = (date: string) => ({ type: 'RescheduleMeetup', data: { uuid, date } }) as const;
const move = { type: 'ChangeMeetupLocation', data: at } as const;
const add = (attendee: typeof ada) => ({ type: 'AddAttendee', data: attendee }) as const;
const remove = { type: 'RemoveAttendee', data: { uuid, account_uuid: ada.account_uuid } } as const;
const cancel = { type: 'CancelMeetup', data: { uuid } } as const;

describe('CreateMeetup', () => {
  test('announces it', () => given(meetup).when(create).then(created));
  test('meetup_already_exists', () => given(meetup, created).when(create).thenRejected('meetup_already_exists'));
});

describe('UpdateMeetupTitle', () => {
  const renamed = { type: 'MeetupTitleUpdated', data: { uuid, title: 'CQRS' } } as const;
  test('gives it another', () => given(meetup, created).when(rename('CQRS')).then(renamed));
  test('title_unchanged', () => {
    given(meetup, created).when(rename('Event sourcing')).thenRejected('title_unchanged');
    given(meetup, created, renamed).when(rename('CQRS')).thenRejected('title_unchanged');
  });
});

describe('RescheduleMeetup', () => {
  const june = '2026-06-01T18:00:00.000Z';
  const rescheduled = { type: 'MeetupRescheduled', data: { uuid, date: june } } as const;
  test('moves it to another date', () => given(meetup, created).when(reschedule(june)).then(rescheduled));
  test.each(['2026-06-01T18:00:00Z', '2026-06-01T20:00:00+02:00', june])('date_unchanged, spelled %s', (date) =>
    given(meetup, created, rescheduled).when(reschedule(date)).thenRejected('date_unchanged'),
  );
  test.each(['tomorrow', '2026-06-01', '2026-02-30T18:00:00Z', '0000-01-01T00:00:00Z', '2026-06-01T18:00:00.0001Z'])(
    '%s is no date',
    (date) =>
      expect(MeetupCommand.safeParse(reschedule(date)).error?.issues).toMatchObject([{ path: ['data', 'date'] }]),
  );
});

describe('ChangeMeetupLocation', () => {
  const moved = { type: 'MeetupLocationChanged', data: at } as const;
  test('says where, also again', () => {
    given(meetup, created).when(move).then(moved);
    given(meetup, created, moved).when(move).then(moved);
  });
});

describe('AddAttendee', () => {
  test('one after the other, and one who left', () => {
    given(meetup, created, adaAdded).when(add(ben)).then({ type: 'AttendeeAdded', data: ben });
    given(meetup, created, adaAdded, adaRemoved).when(add(ada)).then(adaAdded);
  });
  test('attendee_already_added', () =>
    given(meetup, created, adaAdded)
      .when(add({ ...ada, name: 'Ada L.' }))
      .thenRejected('attendee_already_added'));
});

describe('RemoveAttendee', () => {
  test('takes one off the list', () => given(meetup, created, adaAdded).when(remove).then(adaRemoved));
  test.each([[[created]], [[created, adaAdded, adaRemoved]]])('attendee_not_found', (history) =>
    given(meetup, ...history)
      .when(remove)
      .thenRejected('attendee_not_found'),
  );
});

test('CancelMeetup ends it', () => given(meetup, created, adaAdded).when(cancel).then(cancelled));

const all = [create, rename('CQRS'), reschedule('2026-06-01T18:00:00Z'), move, add(ada), remove, cancel];
test.each(all.slice(1))('$type: meetup_not_found', (command) =>
  given(meetup).when(command).thenRejected('meetup_not_found'),
);
test.each(all)('$type: meetup_already_cancelled', (command) =>
  given(meetup, created, adaAdded, cancelled).when(command).thenRejected('meetup_already_cancelled'),
);

test('names and e-mails of people are marked as personal, in commands and in events', () => {
  const marked = [...meetup.commands.options, ...meetup.events.options].map(
    (message) => [message.shape.type.value, personalFields(message)] as const,
  );
  expect(Object.fromEntries(marked.filter(([, fields]) => fields.length > 0))).toEqual({
    CreateMeetup: ['host'],
    AddAttendee: ['name', 'email'],
    MeetupCreated: ['host'],
    AttendeeAdded: ['name', 'email'],
  });
});
