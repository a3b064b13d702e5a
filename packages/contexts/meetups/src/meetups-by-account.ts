import { type ItemsStep, instant, itemsProjection } from '@daybook/core';
import { z } from 'zod';
import { meetup } from './meetup.ts';
import { MeetupStatus } from './meetups-list.ts';

/** One account at one meetup. */
export const Attendance = z.object({
  meetup_uuid: z.uuid().toLowerCase(),
  account_uuid: z.uuid().toLowerCase(),
  title: z.string(),
  date: instant(),
  status: MeetupStatus,
});
type Attendance = z.infer<typeof Attendance>;

type Part = Omit<Attendance, 'meetup_uuid' | 'account_uuid'> & { attendees: readonly string[] };
const initial: Part = { title: '', date: '', status: 'scheduled', attendees: [] };

/** Which meetups an account attends, the earliest first. */
export const meetupsByAccount = itemsProjection({
  name: 'meetups_by_account',
  version: 1,
  row: Attendance,
  key: 'meetup_uuid',
  itemKey: 'account_uuid',
  of: meetup,
  initial,
  evolve(part, event) {
    const { uuid } = event.data;
    switch (event.type) {
      case 'MeetupCreated':
        return { part: { ...part, title: event.data.title, date: event.data.date } };
      case 'MeetupTitleUpdated':
        return toldEverybody(uuid, { ...part, title: event.data.title });
      case 'MeetupRescheduled':
        return toldEverybody(uuid, { ...part, date: event.data.date });
      case 'MeetupLocationChanged':
        return { part };
      case 'AttendeeAdded': {
        const { account_uuid } = event.data;
        const attendees = [...part.attendees, account_uuid];
        return { part: { ...part, attendees }, put: [attendanceOf(uuid, account_uuid, part)] };
      }
      case 'AttendeeRemoved': {
        const { account_uuid } = event.data;
        const attendees = part.attendees.filter((one) => one !== account_uuid);
        return { part: { ...part, attendees }, remove: [account_uuid] };
      }
      case 'MeetupCancelled':
        return toldEverybody(uuid, { ...part, status: 'cancelled' });
    }
  },
  list: { filters: ['account_uuid', 'status'], orderBy: 'date' },
});

function attendanceOf(meetup_uuid: string, account_uuid: string, { title, date, status }: Part): Attendance {
  return { meetup_uuid, account_uuid, title, date, status };
}

/** A change that shows in the row of each attendee. */
function toldEverybody(uuid: string, part: Part): ItemsStep<Part, Attendance> {
  return { part, put: part.attendees.map((account_uuid) => attendanceOf(uuid, account_uuid, part)) };
}
