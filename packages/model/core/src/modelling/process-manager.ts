import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';

/** Turns events into follow-up commands of the same bounded context. Pure, and the same for the same event, always. */
export interface ProcessManager<E extends Message = Message, C extends Message = Message> {
  readonly name: string;
  /** The events it reacts to; it sees no others. */
  readonly reactsTo: readonly E['type'][];
  react(event: RecordedEvent<E>): readonly C[];
}

/**
 * Ties the reaction to the events it is for.
 *
 * @example
 * ```ts
 * export const reviewLoanRequest = processManager<LoanRequestSubmitted, LoanReviewCommand>({
 *   name: 'ReviewLoanRequest',
 *   reactsTo: ['LoanRequestSubmitted'],
 *   react: ({ data }) => [{ type: 'IssueLoanReview', data: { loan_application_uuid: data.loan_application_uuid } }],
 * });
 * ```
 */
export function processManager<E extends Message, C extends Message>(definition: ProcessManager<E, C>): ProcessManager {
  return definition;
}
