import { foldRows, type Outcomes, parseStreamId, type Row } from '@daybook/core';
import { checkLog } from './log-invariants.ts';
import { must } from './violation.ts';
import type { World } from './world.ts';

/** Checks a run that has come to rest. @throws Violation */
export function checkInvariants(world: World): void {
  const outcomes = checkLog(world);
  commandsHaveEnded(world, outcomes);
  repliesHold(world, outcomes);
  if (world.calm && world.commandConsumers.size === 1) publisherOrder(world);
  historyComplete(world);
  if (world.ordered) entityOrder(world);
  rowsAreFolds(world);
}

function commandsHaveEnded({ confirmed, broker }: World, outcomes: Outcomes): void {
  for (const id of confirmed) {
    const ended = outcomes.has(id) || broker.everParked.has(id);
    must(ended, 'a confirmed command has an outcome or is parked', () => id);
  }
}

function repliesHold({ replies, context, published }: World, outcomes: Outcomes): void {
  for (const reply of replies) {
    const id = reply.command_id ?? '';
    if (reply.status === 'accepted' || reply.status === 'rejected') {
      const recorded = JSON.stringify(outcomes.get(id));
      must(
        recorded === JSON.stringify(reply),
        'replies are what is recorded',
        () => `${JSON.stringify(reply)}, not ${recorded}`,
      );
    } else if (reply.status === 'invalid') {
      const type = published.get(id)?.command.type ?? '';
      const valid = context.commands.has(type) && type !== 'RequestLoan';
      must(!valid && !outcomes.has(id), 'replies are what is recorded', () => `${id} is called invalid`);
    }
  }
}

/** Where nothing fails and one service decides: one publisher's commands to an aggregate, in the order of their numbers. */
function publisherOrder({ log, cursed }: World): void {
  for (const [streamId, stream] of log.streams) {
    const last = new Map<string, number>();
    for (const { metadata } of stream) {
      const { command_id, actor = '' } = metadata;
      if (cursed.has(command_id) || !command_id.startsWith(`${actor}/`)) continue;
      const number = Number(command_id.slice(actor.length + 1));
      const before = last.get(actor) ?? 0;
      const seen = () => `${streamId}: ${command_id} after ${actor}/${before}`;
      must(number >= before, 'commands of one publisher are decided in the order they were published', seen);
      last.set(actor, number);
    }
  }
}

function historyComplete({ log, handled }: World): void {
  for (const [group, positions] of handled) {
    const missed = log.feed.find(({ position }) => !positions.has(position));
    must(missed === undefined, 'every group gets every event', () => `${group} misses ${missed?.position}`);
  }
}

/** The first time that each event had its side effect, the events of an entity are in order. */
function entityOrder({ notified }: World): void {
  for (const [entity, positions] of notified) {
    let last = 0;
    for (const position of new Set(positions)) {
      must(position > last, "an entity's events take effect in order", () => `${entity}: ${position} after ${last}`);
      last = position;
    }
  }
}

function rowsAreFolds({ context, log, tables }: World): void {
  const entities = new Set([...log.streams.keys()].map((streamId) => parseStreamId(streamId).entityId));
  for (const projection of context.projections) {
    const folds = foldRows(projection, log.feed);
    for (const entityId of entities) {
      const wanted = inOneOrder(folds.get(entityId) ?? []);
      const got = inOneOrder(tables.rowsOf(projection, entityId));
      must(
        got === wanted,
        'rows are the fold of their events',
        () => `${projection.name}: ${got} instead of ${wanted}`,
      );
    }
  }
}

/** Rows as text; they have no order of their own. */
function inOneOrder(rows: readonly Row[]): string {
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join();
}
