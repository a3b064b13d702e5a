import { firstLine, table } from '../table.ts';
import type { ParkedItem } from './parked-items.ts';

const HEAD = ['KIND', 'WHERE', 'WHICH', 'TYPE', 'OF', 'ATTEMPTS', 'PARKED AT', 'REASON'];

/** What a line says of something parked; the names are those of `--json`. */
export function summaryOf(item: ParkedItem) {
  if (item.kind === 'command') {
    const { id, type, routingKey, attempts, parkedAt, code, reason } = item.command;
    return {
      kind: item.kind,
      context: item.context,
      queue: queueOf(item.context),
      message_id: id,
      type: type ?? null,
      routing_key: routingKey,
      attempts: attempts ?? null,
      parked_at: parkedAt ?? null,
      code,
      reason: firstLine(reason),
    };
  }
  const { event, attempts, reason, parkedAt } = item.event;
  return {
    kind: item.kind,
    context: item.context,
    group: item.group,
    position: event.position,
    type: event.type,
    stream: event.streamId,
    revision: event.revision,
    attempts,
    parked_at: parkedAt,
    reason: firstLine(reason),
  };
}

/** One line each, and the count. */
export function listLines(items: readonly ParkedItem[]): string[] {
  if (items.length === 0) return ['nothing is parked'];
  return [...table([HEAD, ...items.map((item) => cells(item).map(firstLine))]), `${countOf(items)} parked`];
}

/** `2 commands, 1 event`, without what there is none of. */
export function countOf(items: readonly ParkedItem[]): string {
  const commands = items.filter(({ kind }) => kind === 'command').length;
  const events = items.length - commands;
  const counts = [
    ...(commands > 0 ? [plural(commands, 'command')] : []),
    ...(events > 0 ? [plural(events, 'event')] : []),
  ];
  return counts.join(', ') || 'nothing';
}

/** How many lie where: a line for each queue and group that has something. */
export function placeLines(items: readonly ParkedItem[]): string[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(placeOf(item), (counts.get(placeOf(item)) ?? 0) + 1);
  return table([...counts].map(([place, count]) => [place, String(count)]));
}

/** A group, or the queue of a context's parked commands. */
export function placeOf(item: ParkedItem): string {
  return item.kind === 'command' ? queueOf(item.context) : item.group;
}

function queueOf(context: string): string {
  return `commands.${context}.parked`;
}

function cells(item: ParkedItem): string[] {
  if (item.kind === 'command') {
    const { id, type, routingKey, attempts, parkedAt, code, reason } = item.command;
    const why = `${code}: ${firstLine(reason)}`;
    return [item.kind, placeOf(item), id, type ?? '-', routingKey, String(attempts ?? '-'), parkedAt ?? '-', why];
  }
  const { event, attempts, reason, parkedAt } = item.event;
  const of = `${event.streamId}@${event.revision}`;
  return [item.kind, item.group, String(event.position), event.type, of, String(attempts), parkedAt, reason];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
