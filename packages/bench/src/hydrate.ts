import { AggregateCache, type EventStore, type NewEvent, saveSnapshot, silent, streamIdOf } from '@daybook/core';
import { loanRequest } from '@daybook/loans';
import type { SystemBenchmark } from './benchmark.ts';
import { type Figure, median } from './figures.ts';
import { newEventOf } from './new-event.ts';

const SIZES = [10, 1000, 100_000];
const CHUNK = 1000;

/** How long it takes to have an aggregate in memory again after a restart. */
export const hydrate: SystemBenchmark = {
  name: 'hydrate',
  what: 'an aggregate loaded after a restart: from its whole stream, and from a snapshot',
  of: 'system',
  async run({ store }, { quick }) {
    const figures: Figure[] = [];
    for (const size of quick ? SIZES.slice(0, 2) : SIZES) {
      const streamId = streamIdOf('loans', 'LoanRequest', crypto.randomUUID());
      const last = await appendAll(store, streamId, size);
      const load = async (snapshotEvery: number) => {
        const began = performance.now();
        const live = await new AggregateCache(store, silent, { snapshotEvery }).get(loanRequest, streamId);
        return { live, ms: performance.now() - began };
      };
      const times = async (snapshotEvery: number) => {
        const all: number[] = [];
        for (let n = 0; n < 5; n++) all.push((await load(snapshotEvery)).ms);
        return median(all);
      };
      figures.push({ name: `${size} events`, unit: 'ms', value: await times(0) });
      const { live } = await load(0);
      live.answered.condense();
      await saveSnapshot(store, loanRequest, live.state, last, live.answered);
      figures.push({ name: `${size} events, snapshot`, unit: 'ms', value: await times(500) });
    }
    return figures;
  },
};

/** A loan request that was submitted again and again, and refused each time. */
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
