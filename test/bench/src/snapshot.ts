import { randomUUID } from 'node:crypto';
import { type EventStore, streamIdOf } from '@daybook/core';
import pg from 'pg';
import type { SystemBenchmark } from './benchmark.ts';
import type { Daybook } from './daybook.ts';
import type { Figure } from './figures.ts';
import { newEventOf } from './new-event.ts';

/** Seconds that the snapshot is held. */
const HELD_S = { quick: 10, usual: 120, long: 3600 };
/** Seconds that are looked at apart, at the beginning and at the end. */
const SLICE_S = { quick: 2, usual: 10, long: 60 };
/** Milliseconds from one loan to the next. */
const LOAN_MS = 20;

/**
 * Whether appends stay as fast while somebody holds a snapshot, as a dump or a long report does: the server removes no
 * version of any row meanwhile. One append at a time, each a commit of its own, which is the most that can be asked of the
 * rows that every commit touches, in a context that nobody follows; meanwhile some loans come in, and read models follow them.
 */
export const snapshot: SystemBenchmark = {
  name: 'snapshot',
  what: 'appends one by one, without and with a snapshot held, and what it makes the server keep',
  of: 'system',
  times: 1,
  withoutFollowUps: true,
  async run(system, { quick, long }) {
    const scale = quick ? 'quick' : long ? 'long' : 'usual';
    const slice = SLICE_S[scale];
    const trickle = setInterval(() => void system.store.append(...loan('loans')).catch(() => {}), LOAN_MS);
    // Nothing is to be slow for being the first.
    await appendFor(system.store, slice);
    const figures = [figure('no snapshot', await appendFor(system.store, slice))];
    const before = await deadVersions(system);
    const release = await holdSnapshot(system.postgresUrl);
    try {
      figures.push(figure(`held, the first ${slice} s`, await appendFor(system.store, slice)));
      await appendFor(system.store, HELD_S[scale] - 2 * slice);
      figures.push(figure(`held, the last ${slice} s of ${HELD_S[scale]}`, await appendFor(system.store, slice)));
      clearInterval(trickle);
      await system.caughtUp();
      figures.push(...grown(before, await deadVersions(system)));
    } finally {
      clearInterval(trickle);
      await release();
    }
    figures.push(figure('no snapshot any more', await appendFor(system.store, slice)));
    return figures;
  },
};

function figure(what: string, value: number): Figure {
  return { name: what, unit: 'appends/s', value };
}

/** A new loan, requested. @returns the arguments of an append */
function loan(context: string): Parameters<EventStore['append']> {
  const id = randomUUID();
  const data = { loan_application_uuid: id, amount: 1000, duration: 12 };
  return [streamIdOf(context, 'LoanRequest', id), 'no-stream', [newEventOf(id, { type: 'LoanRequested', data })]];
}

/** @returns appends a second, of one event each, in streams of their own */
async function appendFor(store: EventStore, seconds: number): Promise<number> {
  const began = performance.now();
  let count = 0;
  for (; performance.now() - began < seconds * 1000; count++) {
    await store.append(...loan('snapshot'));
  }
  return count / ((performance.now() - began) / 1000);
}

async function holdSnapshot(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('begin isolation level repeatable read');
  await client.query('select count(*) from event_store.feeds');
  return () => client.end();
}

type Versions = ReadonlyMap<string, number>;

/** Rows that were changed or removed and are still kept, by table. */
async function deadVersions({ database }: Daybook): Promise<Versions> {
  const { rows } = await database.query<{ name: string; dead: number }>(
    `select schemaname || '.' || relname as name, n_dead_tup::integer as dead from pg_stat_user_tables`,
  );
  return new Map(rows.map(({ name, dead }) => [name, dead]));
}

/** Of what every append touches, and of all that has grown. */
function grown(before: Versions, after: Versions): Figure[] {
  return [...after]
    .map(([name, dead]) => ({ name: `dead versions, ${name}`, unit: 'rows', value: dead - (before.get(name) ?? 0) }))
    .filter(({ name, value }) => value > 0 || /event_store\.(events|feed_locks)$/.test(name));
}
