import { randomUUID } from 'node:crypto';
import { type EventStore, type NewEvent, streamIdOf } from '@daybook/core';
import { newEventOf } from './new-event.ts';

/** Streams appended to at once: the store gathers them in few commits, some 15,000 events a second. */
const AT_ONCE = 500;

/** Appends loans that were requested and submitted, two events each, straight to the event store. @returns their ids */
export async function fill(store: EventStore, events: number): Promise<string[]> {
  const ids = Array.from({ length: events / 2 }, () => randomUUID() as string);
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    await Promise.all(
      ids
        .slice(from, from + AT_ONCE)
        .map((id) =>
          store.append(streamIdOf('loans', 'LoanRequest', id), 'no-stream', [
            eventOf('LoanRequested', id, { amount: 1000, duration: 12 }),
            eventOf('LoanRequestSubmitted', id, {}),
          ]),
        ),
    );
  }
  return ids;
}

function eventOf(type: string, loan_application_uuid: string, more: object): NewEvent {
  return newEventOf(`${type} ${loan_application_uuid}`, { type, data: { loan_application_uuid, ...more } });
}
