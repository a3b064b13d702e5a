import type { CommandMessage } from '../messages/command.ts';
import { afterFault } from '../messages/fault.ts';
import type { RowProjection } from '../modelling/projection.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { FoldedEntity, ReadStore, StoredEntity } from '../ports/read-store.ts';
import { folded, unfolded } from '../projecting/fold-entity.ts';
import { type DeadlineRow, rowNow, withDispatched } from './deadline-rows.ts';

/** Rows looked at in one go. */
const PAGE = 100;

/** What deadlines are dispatched with. */
export interface DeadlineDependencies {
  readonly context: string;
  /** The deadline's name: who asks for the commands. */
  readonly name: string;
  /** What {@link deadlineRows} made of the deadline and its settings. */
  readonly table: RowProjection;
  readonly rows: ReadStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves when the broker holds the command. @throws Unavailable */
  publish(command: CommandMessage): Promise<void>;
}

/**
 * Sends every command whose time has come, and marks it as sent once the broker has it. A crash in between, or another
 * service at the same rows, sends it again under the same id: one command, which takes effect once.
 * @throws Unavailable; what was sent by then is marked, as far as that could be done
 */
export async function dispatchDue(parts: DeadlineDependencies): Promise<void> {
  const now = parts.clock.now().getTime();
  await eachPage(parts, async (page) => {
    const due = page.filter(({ due_at }) => Date.parse(due_at) <= now);
    if (due.length > 0) await dispatchRows(parts, due, now);
    return due.length === page.length;
  });
}

/**
 * Works out anew when deadlines are due that stand already: the settings may be others than when they were set.
 * What did not stand at all under the old settings is not found: then raise the deadline's version.
 * @throws Unavailable
 */
export async function renewDueTimes(parts: DeadlineDependencies): Promise<void> {
  const { rows, table } = parts;
  await eachPage(parts, async (page) => {
    const listed = new Map(page.map(({ entity_id, due_at }) => [entity_id, due_at]));
    const changed: FoldedEntity[] = [];
    for (const stored of (await rows.load(table, [...listed.keys()])).values()) {
      const row = rowNow(table, stored);
      if (row?.due_at === listed.get(stored.entityId)) continue;
      changed.push(folded(table, unfolded(stored)));
    }
    if (changed.length > 0) await rows.save(table, changed);
    return true;
  });
}

/** Hands over the rows, the first due first, for as long as more are asked for. */
async function eachPage(
  { rows, table }: DeadlineDependencies,
  visit: (page: readonly DeadlineRow[]) => Promise<boolean>,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await rows.list(table, { filters: {}, limit: PAGE, cursor });
    if (!(await visit(page.rows as unknown as readonly DeadlineRow[]))) return;
    cursor = page.next;
  } while (cursor !== undefined);
}

async function dispatchRows(parts: DeadlineDependencies, due: readonly DeadlineRow[], now: number): Promise<void> {
  const { rows, table, name, log } = parts;
  const stored = [
    ...(
      await rows.load(
        table,
        due.map(({ entity_id }) => entity_id),
      )
    ).values(),
  ];
  const attempts = await Promise.allSettled(stored.map((row) => dispatchRow(parts, row, now)));
  // A row that somebody else wrote meanwhile is looked at again at the next poll.
  await rows.save(
    table,
    attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : [])),
  );
  attempts.forEach((attempt, index) => {
    if (attempt.status === 'fulfilled') return;
    if (afterFault(attempt.reason) === 'wait') throw attempt.reason;
    const entity_id = stored[index]?.entityId;
    log.error({ err: attempt.reason as unknown, deadline: name, entity_id }, 'due command could not be sent');
  });
}

/** @returns the row to write once the broker holds its due commands */
async function dispatchRow(parts: DeadlineDependencies, stored: StoredEntity, now: number): Promise<FoldedEntity> {
  const { context, name, table, publish } = parts;
  const standing = rowNow(table, stored)?.standing ?? [];
  const due = standing.filter(({ at, dispatched }) => !dispatched && Date.parse(at) <= now);
  const sending = due.map(({ commandId, because, command }) =>
    publish({
      context,
      command,
      commandId,
      correlationId: because.correlation_id,
      causationId: because.event_id,
      actor: name,
      traceparent: because.traceparent,
    }),
  );
  await Promise.all(sending);
  return withDispatched(table, stored, due);
}
