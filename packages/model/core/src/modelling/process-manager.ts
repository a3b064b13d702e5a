import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';
import type { StatefulProcessManager } from './stateful-process-manager.ts';

/** Turns events into follow-up commands of the same bounded context. Pure, and the same for the same event, always. */
export interface ProcessManager<E extends Message = Message, C extends Message = Message> {
  readonly name: string;
  /** The events it reacts to; it sees no others. */
  readonly reactsTo: readonly E['type'][];
  react(event: RecordedEvent<E>): readonly C[];
}

/**
 * Ties the reaction to the events it is for. One with `correlate` and a state waits for several events, of different
 * aggregates, and decides by what it remembers.
 *
 * @example
 * ```ts
 * export const reviewLoanRequest = processManager<LoanRequestSubmitted, LoanReviewCommand>({
 *   name: 'ReviewLoanRequest',
 *   reactsTo: ['LoanRequestSubmitted'],
 *   react: ({ data }) => [{ type: 'IssueLoanReview', data: { loan_application_uuid: data.loan_application_uuid } }],
 * });
 *
 * export const shipOrder = processManager<OrderState, OrderPaid | OrderPacked, ShipOrder>({
 *   name: 'ShipOrder',
 *   version: 1,
 *   reactsTo: ['OrderPaid', 'OrderPacked'],
 *   startedBy: ['OrderPaid', 'OrderPacked'],
 *   correlate: ({ data }) => data.order_uuid,
 *   initial: { paid: false, packed: false },
 *   evolve: (state, { type }) => (type === 'OrderPaid' ? { ...state, paid: true } : { ...state, packed: true }),
 *   react: ({ paid, packed }, { data }) =>
 *     paid && packed ? [{ type: 'ShipOrder', data: { order_uuid: data.order_uuid } }] : [],
 * });
 * ```
 */
export function processManager<E extends Message, C extends Message>(definition: ProcessManager<E, C>): ProcessManager;
export function processManager<State, E extends Message, C extends Message>(
  definition: StatefulProcessManager<State, E, C>,
): StatefulProcessManager;
export function processManager(definition: object): object {
  return definition;
}

/** Tells the two forms apart. */
export function isStateful(manager: ProcessManager | StatefulProcessManager): manager is StatefulProcessManager {
  return 'correlate' in manager;
}
