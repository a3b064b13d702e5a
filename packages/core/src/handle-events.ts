import { type EventMetadata, isCommandRejected, type NewEvent, type RecordedEvent } from './event.ts';
import type { EventHandler } from './event-handler.ts';
import { RevisionConflict } from './fault.ts';
import { effectIdOf } from './ids.ts';
import type { Clock } from './ports/clock.ts';
import type { EventStore } from './ports/event-store.ts';
import type { Mail, Mailer } from './ports/mailer.ts';
import { partsOf, streamIdOf } from './stream-id.ts';

/** What the side effects need. */
export interface Effects {
  readonly store: EventStore;
  readonly mailer: Mailer;
  readonly clock: Clock;
}

const PAGE = 1000;

/** Where the mails of an entity are recorded: a stream of a context of its own, so that no subscription sees it. */
export function effectStreamOf(handler: EventHandler, streamId: string): string {
  const { context, entityId } = partsOf(streamId);
  return streamIdOf(`effects_${context}`, handler.name, entityId);
}

/**
 * Sends the mails that a batch of events is a reason for, each unless it is on record that it was sent.
 * A crash between the mail and its record sends the mail again, with the same id.
 * @throws Unavailable; Error when the mail server refuses a mail
 */
export async function handleEvents(
  handler: EventHandler,
  events: readonly RecordedEvent[],
  effects: Effects,
): Promise<void> {
  const byEntity = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    if (isCommandRejected(event) || !handler.reactsTo.includes(event.type)) continue;
    const { entityId } = partsOf(event.streamId);
    byEntity.set(entityId, [...(byEntity.get(entityId) ?? []), event]);
  }
  // Entities at once, the events of one in their order. All are waited for: nothing of a failed batch goes on behind its back.
  const handled = await Promise.allSettled(
    [...byEntity.values()].map(async (ofOne) => {
      for (const event of ofOne) await handleEvent(handler, event, effects);
    }),
  );
  const failed = handled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function handleEvent(handler: EventHandler, event: RecordedEvent, effects: Effects): Promise<void> {
  const mail = handler.mail(event, await readParts(handler, event.streamId, effects.store));
  if (mail !== undefined) await sendOnce(handler, event, mail, effects);
}

async function sendOnce(
  handler: EventHandler,
  event: RecordedEvent,
  mail: Mail,
  { store, mailer, clock }: Effects,
): Promise<void> {
  const stream = effectStreamOf(handler, event.streamId);
  const id = effectIdOf(event.id, handler.name);
  const recorded = await readAll(store, stream);
  if (recorded.some((record) => record.id === id)) return;
  await mailer.send(id, mail);
  const record = recordOf(id, handler, event, clock.now().toISOString());
  try {
    await store.append(stream, recorded.at(-1)?.revision ?? 'no-stream', [record]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    // Another of the handler's consumers recorded something: look again, in case it was this.
    const now = await readAll(store, stream);
    if (now.some((other) => other.id === id)) return;
    await store.append(stream, now.at(-1)?.revision ?? 'no-stream', [record]);
  }
}

/** Stored for ever: add optional fields, never rename. To whom, and what, stays out: it may be personal. */
function recordOf(id: string, handler: EventHandler, event: RecordedEvent, at: string): NewEvent {
  const metadata: EventMetadata = {
    command_id: id,
    causation_id: event.id,
    correlation_id: event.metadata.correlation_id,
    actor: handler.name,
    traceparent: event.metadata.traceparent,
    schema_version: 1,
    recorded_at: at,
  };
  return { id, type: 'MailSent', data: { event_id: event.id, event_type: event.type }, metadata };
}

async function readParts(handler: EventHandler, streamId: string, store: EventStore): Promise<Record<string, unknown>> {
  const { context, entityId } = partsOf(streamId);
  const parts: Record<string, unknown> = {};
  for (const [aggregate, fold] of Object.entries(handler.folds)) {
    const events = await readAll(store, streamIdOf(context, aggregate, entityId));
    parts[aggregate] = events
      .filter((event) => !isCommandRejected(event))
      .reduce((part, event) => fold.evolve(part, event), fold.initial);
  }
  return parts;
}

async function readAll(store: EventStore, streamId: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.read(streamId, events.length, PAGE);
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}
