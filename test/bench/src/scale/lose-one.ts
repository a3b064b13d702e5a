import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@daybook/test-support';
import { atRate } from '../at-rate.ts';
import type { Daybook } from '../daybook.ts';
import { idsOf, newLoans, stepOf } from '../loans.ts';
import type { Publication } from '../publisher.ts';
import { type Course, lastLate } from './shares.ts';

const LOANS_PER_SECOND = 50;
/** Of load: before the loss, and after it, longer than any lease or heartbeat. */
const BEFORE_S = 2;
const AFTER_S = 10;
/** How often rows are looked at, and so how exact this is, milliseconds. */
const LOOK_MS = 100;
/** What takes longer was held up, milliseconds. */
const USUAL_MS = 1000;

/** When each loan was asked for, and seen: its row, and that it is reviewed. By performance.now(). */
type Seen = Readonly<Record<'asked' | 'visible' | 'reviewed', Map<string, number>>>;

/**
 * Loses a process while loans are requested and submitted.
 * @param until the row shows what the process does
 * @returns seconds until nothing was held up any more by what it had in hand or was to do
 */
export async function loseOne(system: Daybook, kill: () => void, until: 'visible' | 'reviewed'): Promise<number> {
  const publisher = await system.connectPublisher();
  const requests = newLoans(LOANS_PER_SECOND * (BEFORE_S + AFTER_S));
  const ids = idsOf(requests);
  const seen: Seen = { asked: new Map(), visible: new Map(), reviewed: new Map() };
  // A reply may be lost with the process: rows tell.
  const publish = (command: Publication) => void publisher.send(command);
  let killedAt = Number.NaN;
  const publishing = atRate(ids.length, LOANS_PER_SECOND, (n) => {
    if (n === LOANS_PER_SECOND * BEFORE_S) {
      kill();
      killedAt = performance.now();
    }
    seen.asked.set(ids[n] as string, performance.now());
    publish(requests[n] as Publication);
  });
  await eventually(
    'every loan is reviewed',
    async () => {
      await sleep(LOOK_MS);
      for (const id of await look(system, seen)) publish(stepOf('SubmitLoanRequest', id));
      return seen.reviewed.size === ids.length;
    },
    120_000,
  );
  await publishing;
  await publisher.close();
  // The review is asked for once the row is seen: what holds up the row is not to count for both.
  const from = until === 'visible' ? seen.asked : seen.visible;
  const courses = ids.map((id): Course => ({ asked: from.get(id) as number, seen: seen[until].get(id) as number }));
  return lastLate(courses, killedAt, USUAL_MS) / 1000;
}

/** Notes what is seen first now. @returns the loans whose rows are new */
async function look({ database }: Daybook, { asked, visible, reviewed }: Seen): Promise<string[]> {
  const { rows } = await database.query<{ id: string; reviewed: boolean }>({
    name: 'look',
    text: `
      select loan_application_uuid as id, review_issued_at is not null as reviewed
      from read_models.loan_applications where loan_application_uuid = any($1)`,
    values: [[...asked.keys()].filter((id) => !reviewed.has(id))],
  });
  const now = performance.now();
  const fresh = rows.map(({ id }) => id).filter((id) => !visible.has(id));
  for (const id of fresh) visible.set(id, now);
  for (const row of rows) if (row.reviewed) reviewed.set(row.id, now);
  return fresh;
}
