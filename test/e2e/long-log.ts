import { randomUUID } from 'node:crypto';
import { type EventStore, eventIdOf, type Message, type NewEvent, streamIdOf } from '@daybook/core';

/** Events of each loan, of all its streams. */
const EVENTS_PER_LOAN = 50;
/** Loans appended at once: the store gathers their appends. */
const AT_ONCE = 64;

const refused: Message = {
  type: 'CommandRejected',
  data: { command: 'RequestLoan', data: {}, code: 'loan_already_requested', message: '' },
};

/** A few events of one stream. */
interface Piece {
  readonly aggregate: string;
  readonly after: number | 'no-stream';
  readonly messages: readonly Message[];
}

/**
 * One loan: requested, and refused many times after that. A whole life goes on to the contract; last comes what the
 * process managers would otherwise be faster to follow up.
 */
function lifeOf(id: string, whole: boolean): Piece[] {
  const data = { loan_application_uuid: id };
  const refusals = EVENTS_PER_LOAN - (whole ? 5 : 1);
  const requested = { type: 'LoanRequested', data: { ...data, amount: 1000, duration: 6 } };
  const begin = [requested, ...Array.from({ length: refusals }, () => refused)];
  const pieces: [string, Piece['after'], Message[]][] = [['LoanRequest', 'no-stream', begin]];
  if (whole) {
    const of = (...types: string[]) => types.map((type) => ({ type, data }));
    pieces.push(['LoanContract', 'no-stream', of('LoanContractIssued')]);
    pieces.push(['LoanReview', 'no-stream', of('LoanReviewIssued', 'LoanApproved')]);
    pieces.push(['LoanRequest', refusals, of('LoanRequestSubmitted')]);
  }
  return pieces.map(([aggregate, after, messages]) => ({ aggregate, after, messages }));
}

/**
 * Appends the lives of many loans straight to the store.
 * @param wholeEvery every so manieth loan is submitted and approved; its applicant gets mail
 * @returns how many events
 */
export async function appendLongLog(store: EventStore, events: number, wholeEvery: number): Promise<number> {
  const loans = Math.ceil(events / EVENTS_PER_LOAN);
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let n = next++; n < loans; n = next++) {
        const id = randomUUID();
        for (const { aggregate, after, messages } of lifeOf(id, n % wholeEvery === 0)) {
          await store.append(streamIdOf('loans', aggregate, id), after, messages.map(recordOf));
        }
      }
    }),
  );
  return loans * EVENTS_PER_LOAN;
}

function recordOf(message: Message): NewEvent {
  const id = randomUUID();
  const metadata = {
    command_id: id,
    causation_id: id,
    correlation_id: id,
    actor: 'ann',
    schema_version: 1,
    recorded_at: new Date().toISOString(),
  };
  return { ...message, id: eventIdOf(id, 0), metadata };
}
