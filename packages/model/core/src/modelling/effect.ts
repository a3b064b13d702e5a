import type { Mail } from './mail.ts';

/** A side effect outside the system that is no mail: a webhook to call, a message for another broker. */
export interface Effect<Kind extends string = string> {
  /** What has to be done; the app says how: `defineApp({ effects: { webhook: … } })`. */
  readonly kind: Kind;
  /** Whatever it takes to do it. */
  readonly data: unknown;
}

/** What an event is a reason for: a mail, other effects, both, or neither. */
export interface SideEffects<Kind extends string = string> {
  readonly mail?: Mail | undefined;
  /** Carried out one after the other. An effect is known by its place: what the same event leads to has to keep its order. */
  readonly effects?: readonly Effect<Kind>[] | undefined;
}

/** The kind that Daybook itself carries out. */
export const MAIL = 'mail';
