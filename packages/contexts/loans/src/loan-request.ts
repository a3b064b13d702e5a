import { aggregate, command, type Decider, event, money, reject } from '@daybook/core';
import { z } from 'zod';

const MIN_AMOUNT = 500;
const MIN_DURATION = 3;

/** One spelling of each: lower case. */
const loan_application_uuid = z.uuid().toLowerCase();
const amount = money();
const duration = z.int();

/** What may be asked of a loan request. Amounts in whole currency units, durations in months. */
export const LoanRequestCommand = z.discriminatedUnion('type', [
  command('RequestLoan', { loan_application_uuid, amount, duration }),
  command('SubmitLoanRequest', { loan_application_uuid }),
]);
export type LoanRequestCommand = z.infer<typeof LoanRequestCommand>;

/** Stored for ever: add optional fields, never rename; a new meaning is a new type. */
export const LoanRequestEvent = z.discriminatedUnion('type', [
  event('LoanRequested', { loan_application_uuid, amount, duration }),
  event('LoanRequestSubmitted', { loan_application_uuid }),
]);
export type LoanRequestEvent = z.infer<typeof LoanRequestEvent>;

type LoanRequest = { status: 'none' | 'pending_submission' | 'submitted' };

const decider: Decider<LoanRequest, LoanRequestCommand, LoanRequestEvent> = {
  initial: { status: 'none' },

  decide(command, { status }) {
    switch (command.type) {
      case 'RequestLoan':
        if (command.data.amount < MIN_AMOUNT) return reject('amount_is_too_low', `the least is ${MIN_AMOUNT}`);
        if (command.data.duration < MIN_DURATION)
          return reject('duration_is_too_low', `the least is ${MIN_DURATION} months`);
        if (status !== 'none') return reject('loan_already_requested');
        return [{ type: 'LoanRequested', data: command.data }];
      case 'SubmitLoanRequest':
        if (status === 'none') return reject('loan_not_requested');
        if (status === 'submitted') return reject('loan_request_already_submitted');
        return [{ type: 'LoanRequestSubmitted', data: command.data }];
    }
  },

  evolve(_state, event) {
    switch (event.type) {
      case 'LoanRequested':
        return { status: 'pending_submission' };
      case 'LoanRequestSubmitted':
        return { status: 'submitted' };
    }
  },
};

/** What the applicant asks for, until it is submitted. */
export const loanRequest = aggregate({
  name: 'LoanRequest',
  commands: LoanRequestCommand,
  events: LoanRequestEvent,
  id: 'loan_application_uuid',
  decider,
});
