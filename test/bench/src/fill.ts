import { randomUUID } from 'node:crypto';
import { type EventStore, type NewEvent, streamIdOf } from '@daybook/core';
import { newEventOf } from './new-event.ts';

/** Streams appended to at once: the store gathers them in few commits, some 15,000 events a second. */
const AT_ONCE = 500;

/** Appends loans that were requested and submitted, two events each, straight to the event store. @returns their ids */
export async function fill(store: EventStore, events: number): Promise<string[]> {
  const ids = Array.from({ length: events / 2 }, () => randomUUID() as string);
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    await Promise.all(
      some.map((id) => store.append(streamIdOf('loans', 'LoanRequest', id), 'no-stream', eventsOf(id))),
    );
  }
  return ids;
}

function eventsOf(loan_application_uuid: string): NewEvent[] {
  return [
    { type: 'LoanRequested', data: { loan_application_uuid, amount: 1000, duration: 12 } },
    { type: 'LoanRequestSubmitted', data: { loan_application_uuid } },
  ].map((message, n) => newEventOf(`${loan_application_uuid}/${n}`, message));
}
