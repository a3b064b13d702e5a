import type { RecordedEvent } from '../messages/event.ts';
import type { Effect } from '../modelling/effect.ts';

/** What is known of an effect that is to be carried out. */
export interface EffectContext {
  /** The same for the same effect, always: who is told of it twice can tell by this. A UUID. */
  readonly id: string;
  /** The event that it is due to. */
  readonly event: RecordedEvent;
  /** Aborted when the service has to stop: give up then, the effect is carried out again later. */
  readonly signal: AbortSignal;
}

/**
 * Carries out effects of one kind, for an app. Resolves once the effect has happened; that is recorded, and it is not
 * carried out again. A crash in between carries it out once more, with the same id.
 *
 * @example
 * ```ts
 * const webhook: EffectCarrier = async ({ data }, { id, signal }) => {
 *   const answer = await fetch(url, {
 *     method: 'POST',
 *     headers: { 'content-type': 'application/json', 'idempotency-key': id },
 *     body: JSON.stringify(data),
 *     signal,
 *   }).catch((error: unknown) => {
 *     throw new Unavailable('the warehouse', error);
 *   });
 *   if (answer.status >= 500) throw new Unavailable('the warehouse', answer.status);
 *   if (!answer.ok) throw new Error(`the warehouse refused it: ${answer.status}`);
 * };
 * ```
 * @throws Unavailable when what it needs is away: this and all later effects of the handler wait for it, for as long as it
 * takes; any other error concerns this effect alone: it is tried a few times, and then its event is parked
 */
export type EffectCarrier = (effect: Effect, context: EffectContext) => Promise<void>;

/** How an app carries out effects, by their kind. */
export type EffectCarriers = Readonly<Record<string, EffectCarrier>>;
