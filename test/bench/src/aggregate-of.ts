import { AggregateCache, type EventStore, type NewEvent, saveSnapshot, silent, streamIdOf } from '@daybook/core';
import { loanRequest } from '@daybook/loans';
import { newEventOf } from './new-event.ts';

const CHUNK = 1000;

/** A loan request that was submitted again and again, and refused each time; with a snapshot. */
export async function aggregateOf(store: EventStore, size: number) {
  const streamId = streamIdOf('loans', 'LoanRequest', crypto.randomUUID());
  const last = await appendAll(store, streamId, size);
  const load = (snapshotEvery: number) =>
    new AggregateCache(store, silent, { snapshotEvery }).get(loanRequest, streamId);
  const live = await load(0);
  live.answered.condense();
  await saveSnapshot(store, loanRequest, live.state, last, live.answered);
  return { whole: () => load(0), snapshot: () => load(500) };
}

async function appendAll(store: EventStore, streamId: string, size: number) {
  let last: NewEvent | undefined;
  for (let from = 0; from < size; from += CHUNK) {
    const events = Array.from({ length: Math.min(CHUNK, size - from) }, (_, n) => refusedAt(streamId, from + n));
    await store.append(streamId, from === 0 ? 'no-stream' : from - 1, events);
    last = events.at(-1);
  }
  return { ...(last as NewEvent), streamId, revision: size - 1 };
}

function refusedAt(streamId: string, n: number): NewEvent {
  return newEventOf(`${streamId}/${n}`, {
    type: 'CommandRejected',
    data: { command: 'SubmitLoanRequest', data: {}, code: 'loan_not_requested', message: 'loan not requested' },
  });
}
