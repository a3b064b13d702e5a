import { randomUUID } from 'node:crypto';
import type { Message } from '@daybook/core';
import type { Publication } from '../publisher.ts';

/** The amount that the first request of a loan asks for; each further one asks for one more. */
const FIRST = 1000;

/**
 * Commands to some loans, all of one loan in a row: the loan is requested again and again, each time with an amount that
 * says how manieth it is, and refused each time but the first; then it is submitted. Each leaves an event in the log.
 */
export function numberedCommands(loans: number, requests: number): { ids: string[]; commands: Publication[] } {
  const ids = Array.from({ length: loans }, () => randomUUID() as string);
  const commands = ids.flatMap((loan_application_uuid) => [
    ...Array.from({ length: requests }, (_, n) => ({
      type: 'RequestLoan',
      data: { loan_application_uuid, amount: FIRST + n, duration: 12 },
    })),
    { type: 'SubmitLoanRequest', data: { loan_application_uuid } },
  ]);
  return { ids, commands };
}

/** Whether the commands to a loan were decided in the order in which they were published. @param events those of its stream */
export function inOrder(events: readonly Message[]): boolean {
  const numbers = events.map(numberOf);
  return numbers.every((number, n) => n === 0 || number > (numbers[n - 1] ?? 0));
}

/** @returns how manieth command an event stands for; a submission comes last */
function numberOf({ type, data }: Message): number {
  if (type === 'LoanRequestSubmitted') return Number.POSITIVE_INFINITY;
  if (type === 'LoanRequested') return Number((data as { amount: number }).amount);
  const refused = data as { command: string; data: { amount?: number } };
  return refused.command === 'RequestLoan' ? Number(refused.data.amount) : Number.POSITIVE_INFINITY;
}
