import { isCommandRecord, type RecordedEvent } from '../messages/event.ts';
import { effectIdOf } from '../messages/ids.ts';
import { ownOf } from '../messages/own-of.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import { MAIL, type SideEffects } from '../modelling/effect.ts';
import type { EventHandler } from '../modelling/event-handler.ts';
import type { Clock } from '../ports/clock.ts';
import type { EffectCarriers } from '../ports/effect-carrier.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Mailer } from '../ports/mailer.ts';
import { EffectRecords, effectStreamOf, recordOf } from './effect-records.ts';
import { readAll } from './read-all.ts';

/** What the side effects need. */
export interface EffectDependencies {
  readonly store: EventStore;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** How the app carries out effects beside mail. */
  readonly carriers?: EffectCarriers;
  /** Aborted when the service has to stop. */
  readonly signal: AbortSignal;
}

/** An effect that is due, and how to carry it out. */
interface DueEffect {
  readonly id: string;
  readonly kind: string;
  /** Undefined: a mail. */
  readonly index?: number;
  carryOut(): Promise<void>;
}

/**
 * Carries out the side effects that a batch of events is a reason for, each unless it is on record that it was done.
 * A crash between an effect and its record carries it out again, with the same id.
 * @throws Unavailable; Error when the mail server refuses a mail, or an effect fails
 */
export async function handleEvents(
  handler: EventHandler,
  events: readonly RecordedEvent[],
  dependencies: EffectDependencies,
): Promise<void> {
  const byEntity = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    if (!handler.reactsTo.includes(event.type)) continue;
    const { entityId } = parseStreamId(event.streamId);
    byEntity.set(entityId, [...(byEntity.get(entityId) ?? []), event]);
  }
  // Entities at once, the events of one in their order. All are waited for: nothing of a failed batch goes on behind its back.
  const handled = await Promise.allSettled(
    [...byEntity.values()].map(async (ofOne) => {
      for (const event of ofOne) await handleEvent(handler, event, dependencies);
    }),
  );
  const failed = handled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function handleEvent(
  handler: EventHandler,
  event: RecordedEvent,
  dependencies: EffectDependencies,
): Promise<void> {
  const { store, clock } = dependencies;
  const sideEffects = handler.handle(event, await readParts(handler, event.streamId, store));
  const due = dueEffects(handler, event, sideEffects ?? {}, dependencies);
  if (due.length === 0) return;
  const records = await EffectRecords.read(store, effectStreamOf(handler, event.streamId));
  for (const effect of due) {
    if (records.has(effect.id)) continue;
    await effect.carryOut();
    await records.add(recordOf(effect, handler, event, clock.now().toISOString()));
  }
}

/** @throws Error when the handler asks for what it did not declare, or nobody carries it out */
function dueEffects(
  handler: EventHandler,
  event: RecordedEvent,
  { mail, effects = [] }: SideEffects,
  { mailer, carriers = {}, signal }: EffectDependencies,
): readonly DueEffect[] {
  const { name } = handler;
  for (const kind of [...(mail === undefined ? [] : [MAIL]), ...effects.map((effect) => effect.kind)]) {
    if (!handler.effects.includes(kind)) {
      throw new Error(`${name} returned an effect of kind '${kind}', which is not among its 'effects': add it there`);
    }
  }
  const id = effectIdOf(event.id, name);
  const mails = mail === undefined ? [] : [{ id, kind: MAIL, carryOut: () => mailer.send(id, mail) }];
  const others = effects.map((effect, index): DueEffect => {
    const carrier = ownOf(carriers, effect.kind);
    if (carrier === undefined)
      throw new Error(`the app does not say how effects of kind '${effect.kind}' are carried out`);
    const context = { id: effectIdOf(event.id, name, index), event, signal };
    return { id: context.id, kind: effect.kind, index, carryOut: () => carrier(effect, context) };
  });
  return [...mails, ...others];
}

async function readParts(handler: EventHandler, streamId: string, store: EventStore): Promise<Record<string, unknown>> {
  const { context, entityId } = parseStreamId(streamId);
  const parts: Record<string, unknown> = {};
  for (const [aggregate, fold] of Object.entries(handler.folds)) {
    const events = await readAll(store, streamIdOf(context, aggregate, entityId));
    parts[aggregate] = events
      .filter((event) => !isCommandRecord(event))
      .reduce((part, event) => fold.evolve(part, event), fold.initial);
  }
  return parts;
}
