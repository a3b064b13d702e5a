import { aggregate, command, type Decider, event, instant, personal, reject } from '@daybook/core';
import { z } from 'zod';

/** One spelling of each: lower case. */
const uuid = z.uuid().toLowerCase();
const text = z.string().min(1);
const date = instant();

const announced = { uuid, title: text, date, host: personal(text) };
const location = { uuid, name: text, address: text };
const attendee = { uuid, account_uuid: uuid, name: personal(text), email: personal(z.email()) };

/** What may be asked of a meetup. */
export const MeetupCommand = z.discriminatedUnion('type', [
  command('CreateMeetup', announced),
  command('UpdateMeetupTitle', { uuid, title: text }),
  command('RescheduleMeetup', { uuid, date }),
  command('ChangeMeetupLocation', location),
  command('AddAttendee', attendee),
  command('RemoveAttendee', { uuid, account_uuid: uuid }),
  command('CancelMeetup', { uuid }),
]);
export type MeetupCommand = z.infer<typeof MeetupCommand>;

/** Stored for ever: add optional fields, never rename; a new meaning is a new type. */
export const MeetupEvent = z.discriminatedUnion('type', [
  event('MeetupCreated', announced),
  event('MeetupTitleUpdated', { uuid, title: text }),
  event('MeetupRescheduled', { uuid, date }),
  event('MeetupLocationChanged', location),
  event('AttendeeAdded', attendee),
  event('AttendeeRemoved', { uuid, account_uuid: uuid }),
  event('MeetupCancelled', { uuid }),
]);
export type MeetupEvent = z.infer<typeof MeetupEvent>;

/** What deciding needs: of attendees, their accounts, but no names. */
type Meetup = {
  status: 'none' | 'scheduled' | 'cancelled';
  title: string;
  date: string;
  attendees: readonly string[];
};

const decider: Decider<Meetup, MeetupCommand, MeetupEvent> = {
  initial: { status: 'none', title: '', date: '', attendees: [] },

  decide(command, { status, title, date, attendees }) {
    if (status === 'cancelled') return reject('meetup_already_cancelled');
    if (command.type === 'CreateMeetup') {
      if (status === 'scheduled') return reject('meetup_already_exists');
      return [{ type: 'MeetupCreated', data: command.data }];
    }
    if (status === 'none') return reject('meetup_not_found');
    switch (command.type) {
      case 'UpdateMeetupTitle':
        if (command.data.title === title) return reject('title_unchanged');
        return [{ type: 'MeetupTitleUpdated', data: command.data }];
      case 'RescheduleMeetup':
        if (command.data.date === date) return reject('date_unchanged');
        return [{ type: 'MeetupRescheduled', data: command.data }];
      case 'ChangeMeetupLocation':
        return [{ type: 'MeetupLocationChanged', data: command.data }];
      case 'AddAttendee':
        if (attendees.includes(command.data.account_uuid)) return reject('attendee_already_added');
        return [{ type: 'AttendeeAdded', data: command.data }];
      case 'RemoveAttendee':
        if (!attendees.includes(command.data.account_uuid)) return reject('attendee_not_found');
        return [{ type: 'AttendeeRemoved', data: command.data }];
      case 'CancelMeetup':
        return [{ type: 'MeetupCancelled', data: command.data }];
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'MeetupCreated':
        return { ...state, status: 'scheduled', title: event.data.title, date: event.data.date };
      case 'MeetupTitleUpdated':
        return { ...state, title: event.data.title };
      case 'MeetupRescheduled':
        return { ...state, date: event.data.date };
      case 'MeetupLocationChanged':
        return state;
      case 'AttendeeAdded':
        return { ...state, attendees: [...state.attendees, event.data.account_uuid] };
      case 'AttendeeRemoved':
        return { ...state, attendees: state.attendees.filter((one) => one !== event.data.account_uuid) };
      case 'MeetupCancelled':
        return { ...state, status: 'cancelled' };
    }
  },
};

/** People who meet at a time and a place. */
export const meetup = aggregate({
  name: 'Meetup',
  commands: MeetupCommand,
  events: MeetupEvent,
  id: 'uuid',
  decider,
});
