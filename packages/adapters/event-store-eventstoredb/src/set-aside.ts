import type { Delivery } from './inbox.ts';
import type { LogEvent, ParkedLog } from './parked-log.ts';
import type { ParkedStream } from './parked-stream.ts';

/** What could not be handled, or must wait for what could not; acknowledged only once it is in the group's stream. */
export interface Aside {
  readonly delivery: Delivery;
  readonly kind: 'parked' | 'held';
  /** Set aside whatever is recorded of its entity; otherwise only if something of it is. */
  readonly first: boolean;
  readonly attempts: number;
  readonly reason: string;
}

/** An event that must come after one that could not be handled. */
export function held(delivery: Delivery): Aside {
  const reason = 'an earlier event of the entity could not be handled';
  return { delivery, kind: 'held', first: false, attempts: 0, reason };
}

/**
 * Records events in their group's stream.
 * @returns those that are recorded, and those that nothing holds back any more: the entity was released in the meantime
 * @throws Unavailable
 */
export async function recordAside(
  parked: ParkedStream,
  asides: readonly Aside[],
): Promise<{ recorded: Delivery[]; free: Delivery[] }> {
  const blockedNow = new Set(asides.filter(({ first }) => first).map(({ delivery }) => delivery.entityId));
  const parkedAt = new Date().toISOString();
  const seen = new Set<Aside>();

  function missing(log: ParkedLog): LogEvent[] {
    const events: LogEvent[] = [];
    for (const aside of asides) {
      const { event, entityId: entity } = aside.delivery;
      if (log.has({ entity, position: event.position })) seen.add(aside);
      const blocked = blockedNow.has(entity) || log.of(entity) !== undefined;
      if (!blocked || seen.has(aside)) continue;
      // It failed where it should not have been handled yet: another consumer has parked an earlier one of its entity.
      const behind = log.of(entity)?.items.some(({ position }) => position < event.position);
      events.push(eventSetAside(behind ? { ...aside, kind: 'held', attempts: 0 } : aside, parkedAt));
    }
    return events;
  }

  await parked.record(missing);
  const deliveries = (which: boolean) =>
    asides.filter((one) => seen.has(one) === which).map(({ delivery }) => delivery);
  return { recorded: deliveries(true), free: deliveries(false) };
}

function eventSetAside({ delivery, kind, attempts, reason }: Aside, parked_at: string): LogEvent {
  const { event, entityId } = delivery;
  const place = { position: event.position, stream: event.streamId, revision: event.revision, entity: entityId };
  return { type: 'EventSetAside', data: { ...place, kind, attempts, reason, parked_at } };
}
