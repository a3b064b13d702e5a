import type { Delivery } from './inbox.ts';
import type { LogEvent, ParkedLog } from './parked-log.ts';
import type { ParkedStream } from './parked-stream.ts';

/** What could not be handled, or must wait for what could not; acknowledged only once it is in the group's stream. */
export interface Aside {
  readonly delivery: Delivery;
  readonly kind: 'parked' | 'held';
  readonly attempts: number;
  readonly reason: string;
}

/** Why an event is held. */
export const HELD = 'an earlier event of the entity could not be handled';

/**
 * Records events in their group's stream.
 * @returns those that are recorded, and those that nothing holds back any more: the entity was released in the meantime
 * @throws Unavailable
 */
export async function recordAside(
  parked: ParkedStream,
  asides: readonly Aside[],
): Promise<{ recorded: Delivery[]; free: Delivery[] }> {
  const parkedNow = new Set(asides.filter(({ kind }) => kind === 'parked').map(({ delivery }) => delivery.entityId));
  const parkedAt = new Date().toISOString();
  const seen = new Set<Aside>();

  function missing(log: ParkedLog): LogEvent[] {
    const events: LogEvent[] = [];
    for (const aside of asides) {
      const { event, entityId: entity } = aside.delivery;
      if (log.has({ entity, position: event.position })) seen.add(aside);
      const blocked = parkedNow.has(entity) || log.of(entity) !== undefined;
      if (blocked && !seen.has(aside)) events.push(eventSetAside(aside, parkedAt));
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
