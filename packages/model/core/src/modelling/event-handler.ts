import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';
import { MAIL, type SideEffects } from './effect.ts';
import type { Mail } from './mail.ts';
import type { Fold, PartsOf } from './projection.ts';

/**
 * Turns events into side effects outside the system. Pure: it says what is due, the event-handler service carries it out.
 * It sees each event once in effect, at its time: neither a repeat nor a rebuild of read models makes it act again.
 */
export interface EventHandler {
  /** PascalCase. Never change it once it was deployed: what it has done is on record under this name. */
  readonly name: string;
  /** The events it reacts to; it sees no others. */
  readonly reactsTo: readonly string[];
  /** What it must know of the entity beside the event, by aggregate. */
  readonly folds: Readonly<Record<string, Fold>>;
  /** The kinds of side effects that it may ask for; `mail` is carried out by Daybook, any other by the app. */
  readonly effects: readonly string[];
  /** @returns what the event is a reason for; undefined: nothing */
  handle(event: RecordedEvent, parts: Readonly<Record<string, unknown>>): SideEffects | undefined;
}

/** An event handler that does nothing but send mail. */
export interface MailHandler extends EventHandler {
  /** @returns the mail that the event is a reason for, if it is one */
  mail(event: RecordedEvent, parts: Readonly<Record<string, unknown>>): Mail | undefined;
}

interface Definition<E extends Message, Folds extends Record<string, Fold>> {
  readonly name: string;
  readonly reactsTo: readonly E['type'][];
  readonly folds: Folds;
}

interface MailDefinition<E extends Message, Folds extends Record<string, Fold>> extends Definition<E, Folds> {
  mail(event: RecordedEvent<E>, parts: PartsOf<Folds>): Mail | undefined;
}

interface EffectsDefinition<E extends Message, Folds extends Record<string, Fold>, Kind extends string>
  extends Definition<E, Folds> {
  readonly effects: readonly Kind[];
  handle(event: RecordedEvent<E>, parts: PartsOf<Folds>): SideEffects<Kind> | undefined;
}

/**
 * Ties side effects to the events and the folds they are made of. A handler that only sends mail has `mail`; any other
 * declares the kinds of its `effects`, and says in `handle` what is due.
 *
 * @example
 * ```ts
 * const tellWarehouse = eventHandler<OrderPlaced, {}>({
 *   name: 'TellWarehouse',
 *   reactsTo: ['OrderPlaced'],
 *   folds: {},
 *   effects: ['mail', 'webhook'],
 *   handle: ({ data }) => ({
 *     mail: { to: data.customer, subject: 'Thank you', text: 'Your order is on its way.' },
 *     effects: [{ kind: 'webhook', data: { order: data.order_uuid } }],
 *   }),
 * });
 * ```
 */
export function eventHandler<E extends Message, const Folds extends Record<string, Fold>>(
  definition: MailDefinition<E, Folds>,
): MailHandler;
export function eventHandler<
  E extends Message,
  const Folds extends Record<string, Fold>,
  const Kind extends string = string,
>(definition: EffectsDefinition<E, Folds, Kind>): EventHandler;
export function eventHandler<E extends Message, Folds extends Record<string, Fold>>(
  definition: MailDefinition<E, Folds> | EffectsDefinition<E, Folds, string>,
): EventHandler {
  if (!('mail' in definition)) return definition as EventHandler;
  const handler = definition as unknown as MailHandler;
  return { ...handler, effects: [MAIL], handle: (event, parts) => ({ mail: handler.mail(event, parts) }) };
}
