import { randomUUID } from 'node:crypto';
import type { Publication } from './publisher.ts';

/** Requests of new loans. */
export function newLoans(count: number): Publication[] {
  return Array.from({ length: count }, () => {
    return { type: 'RequestLoan', data: { loan_application_uuid: randomUUID(), amount: 1000, duration: 12 } };
  });
}

/** Another step of a loan. */
export function stepOf(type: string, loan_application_uuid: string): Publication {
  return { type, data: { loan_application_uuid } };
}

/** The ids of the loans that were requested. */
export function idsOf(requests: readonly Publication[]): string[] {
  return requests.map(({ data }) => (data as { loan_application_uuid: string }).loan_application_uuid);
}
