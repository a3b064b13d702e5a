import { recordedEvents } from '@daybook/testing';

/** The loan that the tests of representations are about. */
export const id = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
export const data = { loan_application_uuid: id };
export const [request, review, contract] = ['LoanRequest', 'LoanReview', 'LoanContract'].map(
  (name) => `loans-${name}-${id}`,
) as [string, string, string];

/** From the request to the signed contract, a minute for each step. */
export const life = recordedEvents(
  [request, { type: 'LoanRequested', data: { ...data, amount: 1000, duration: 6 } }],
  [request, { type: 'LoanRequestSubmitted', data }],
  [review, { type: 'LoanReviewIssued', data }],
  [review, { type: 'LoanApproved', data }],
  [contract, { type: 'LoanContractIssued', data }],
  [contract, { type: 'ContractSigned', data }],
);

/** The first events of the life, then another one. */
export function lifeThat(after: number, stream: string, type: string) {
  const events = life.slice(0, after).map((event) => [event.streamId, { type: event.type, data: event.data }] as const);
  return recordedEvents(...events, [stream, { type, data }]);
}
