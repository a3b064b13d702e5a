import { boundedContext } from '@daybook/core';
import { meetup } from './meetup.ts';
import { meetupsByAccount } from './meetups-by-account.ts';
import { meetupsList } from './meetups-list.ts';

/** Meetups, and who attends them. */
export const meetups = boundedContext({
  name: 'meetups',
  aggregates: [meetup],
  projections: [meetupsList, meetupsByAccount],
});

export { MeetupCommand, MeetupEvent } from './meetup.ts';
export { Attendance } from './meetups-by-account.ts';
export { MeetupRow, MeetupStatus } from './meetups-list.ts';
export { meetup, meetupsByAccount, meetupsList };
