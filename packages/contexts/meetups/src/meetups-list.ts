import { fold, instant, projection } from '@daybook/core';
import { z } from 'zod';
import type { MeetupEvent } from './meetup.ts';

/** Where a meetup stands. */
export const MeetupStatus = z.enum(['scheduled', 'cancelled']);

/** One meetup; of those who attend, only how many they are. */
export const MeetupRow = z.object({
  uuid: z.uuid().toLowerCase(),
  title: z.string(),
  date: instant(),
  location_name: z.string().nullable(),
  location_address: z.string().nullable(),
  attendees: z.int(),
  status: MeetupStatus,
});
type MeetupRow = z.infer<typeof MeetupRow>;

const meetup = fold<Omit<MeetupRow, 'uuid'> | null, MeetupEvent>({
  initial: null,
  evolve(part, event) {
    switch (event.type) {
      case 'MeetupCreated': {
        const { title, date } = event.data;
        return { title, date, location_name: null, location_address: null, attendees: 0, status: 'scheduled' };
      }
      case 'MeetupTitleUpdated':
        return part && { ...part, title: event.data.title };
      case 'MeetupRescheduled':
        return part && { ...part, date: event.data.date };
      case 'MeetupLocationChanged':
        return part && { ...part, location_name: event.data.name, location_address: event.data.address };
      case 'AttendeeAdded':
        return part && { ...part, attendees: part.attendees + 1 };
      case 'AttendeeRemoved':
        return part && { ...part, attendees: part.attendees - 1 };
      case 'MeetupCancelled':
        return part && { ...part, status: 'cancelled' };
    }
  },
});

/** Every meetup, the earliest first. */
export const meetupsList = projection({
  name: 'meetups',
  version: 1,
  row: MeetupRow,
  key: 'uuid',
  folds: { Meetup: meetup },
  combine: (uuid, { Meetup }) => (Meetup === null ? undefined : { uuid, ...Meetup }),
  list: { filters: ['status'], orderBy: 'date' },
});
