import { randomUUID } from 'node:crypto';
import { type EventStore, type Message, type NewEvent, streamIdOf } from '@daybook/core';
import { newEventOf, refusalOf } from './new-event.ts';

/** Streams appended to at once: the store gathers them in few commits, some 15,000 events a second. */
const AT_ONCE = 500;

/**
 * Appends loans straight to the event store, two events each: requested and submitted, or requested and then refused, which
 * no process manager acts on.
 * @returns their ids
 */
export async function fill(
  store: EventStore,
  events: number,
  second: 'submitted' | 'refused' = 'submitted',
): Promise<string[]> {
  const ids = Array.from({ length: events / 2 }, () => randomUUID() as string);
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    await Promise.all(
      some.map((id) => store.append(streamIdOf('loans', 'LoanRequest', id), 'no-stream', eventsOf(id, second))),
    );
  }
  return ids;
}

function eventsOf(loan_application_uuid: string, second: 'submitted' | 'refused'): NewEvent[] {
  const then: Message =
    second === 'submitted'
      ? { type: 'LoanRequestSubmitted', data: { loan_application_uuid } }
      : refusalOf('RequestLoan', 'loan_already_requested');
  const requested = { type: 'LoanRequested', data: { loan_application_uuid, amount: 1000, duration: 12 } };
  return [requested, then].map((message, n) => newEventOf(`${loan_application_uuid}/${n}`, message));
}
