import type { EventStore, GroupProgress, GroupStatus, ParkedEvent } from '@daybook/core';
import { groupOfSafeName, safeGroupName } from './group-settings.ts';
import type { Link } from './link.ts';
import { type ParkedStream, parkedCategoryOf } from './parked-stream.ts';
import { feedOf, readSlice } from './read.ts';
import { numberOf } from './recorded.ts';

/**
 * @param parkedBy the stream of a group
 * @returns the groups that have something set aside, by name, of all that ever recorded anything. @throws Unavailable
 */
export async function listParkedGroups(
  link: Link,
  context: string,
  parkedBy: (group: string) => ParkedStream,
): Promise<string[]> {
  const category = parkedCategoryOf(context);
  const groups = new Set<string>();
  for (let from = 0; ; ) {
    const slice = await readSlice(link, 'forward', feedOf(category), { from, count: 500, resolve: true });
    for (const { event } of slice.events) {
      if (event) groups.add(groupOfSafeName(event.eventStreamId.slice(category.length + 1)));
    }
    if (slice.atEnd || slice.next === from) break;
    from = slice.next;
  }
  const found: string[] = [];
  for (const group of groups) {
    const parked = parkedBy(group);
    await parked.catchUp();
    if (parked.log.items.length > 0) found.push(group);
  }
  return found.sort();
}

/** @returns what waits for a person, the oldest first. @throws Unavailable */
export async function listParked(store: Pick<EventStore, 'read'>, parked: ParkedStream): Promise<ParkedEvent[]> {
  await parked.catchUp();
  const items = parked.log.items.filter(({ kind, replay }) => kind === 'parked' && !replay);
  const found: ParkedEvent[] = [];
  for (const { stream, revision, position, attempts, reason, parked_at } of items) {
    const [event] = await store.read(stream, revision, 1);
    // A stream that was deleted since leaves nothing to look at.
    if (event !== undefined) found.push({ event: { ...event, position }, attempts, reason, parkedAt: parked_at });
  }
  return found;
}

/** Asks for parked events to be handled again; a consumer of the group sees to it. @returns how many. @throws Unavailable */
export async function replayParked(parked: ParkedStream, position?: number): Promise<number> {
  let count = 0;
  await parked.record((log) => {
    const asked = log.items.filter(
      (item) => item.kind === 'parked' && !item.replay && (position === undefined || item.position === position),
    );
    if (asked.length === 0) return [];
    count = asked.length;
    return [{ type: 'ReplayRequested', data: { position: position ?? null } }];
  });
  return count;
}

/** Gives up a parked event, as if it had been handled. @returns whether it was parked. @throws Unavailable */
export async function discardParked(parked: ParkedStream, position: number): Promise<boolean> {
  const recorded = await parked.record((log) => {
    const item = log.items.find((one) => one.kind === 'parked' && !one.replay && one.position === position);
    return item === undefined ? [] : [{ type: 'EventReleased', data: { position, entity: item.entity } }];
  });
  return recorded.length > 0;
}

/**
 * How far a group has come by the checkpoint that the server has stored, which it does within two seconds; an event that
 * is tried again is not acknowledged, and holds the checkpoint back.
 * @throws Unavailable
 */
export async function groupProgress(link: Link, parked: ParkedStream, group: GroupName): Promise<GroupProgress> {
  const feed = feedOf(group.context);
  const checkpoints = `$persistentsubscription-${feed}::${safeGroupName(group.group)}-checkpoint`;
  const [head, checkpoint] = await Promise.all([lastOf(link, feed), lastOf(link, checkpoints)]);
  // Afterwards: what was set aside is recorded before it is acknowledged, so that all before the checkpoint is in it.
  await parked.catchUp();
  return {
    done: checkpoint === undefined ? 0 : numberIn(checkpoint.data) + 1,
    head: head === undefined ? 0 : head.number + 1,
    aside: parked.log.items.length,
  };
}

/** @throws Unavailable */
export async function groupStatus(link: Link, parked: ParkedStream, group: GroupName): Promise<GroupStatus> {
  const { done, head } = await groupProgress(link, parked, group);
  const { items } = parked.log;
  const waiting = items.filter(({ kind, replay }) => kind === 'parked' && !replay).length;
  return { lag: Math.max(0, head - done), parked: waiting, held: items.length - waiting };
}

/** Which group, of which context's feed. */
interface GroupName {
  readonly group: string;
  readonly context: string;
}

async function lastOf(link: Link, streamId: string): Promise<{ number: number; data: Buffer | undefined } | undefined> {
  const { events } = await readSlice(link, 'backward', streamId, { from: -1, count: 1 });
  const last = events[0]?.originalEvent;
  return last && { number: numberOf(last.eventNumber), data: last.data };
}

/** A number as JSON, from 21.10 on in quotes. */
function numberIn(data: Buffer | undefined): number {
  return Number(JSON.parse(data?.toString('utf8') || '-1'));
}
