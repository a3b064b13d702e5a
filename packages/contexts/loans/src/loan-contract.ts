import { aggregate, command, type Decider, event, type Rejection, reject } from '@daybook/core';
import { z } from 'zod';

/** One spelling of each: lower case. */
const loan_application_uuid = z.uuid().toLowerCase();

/** Why a contract is rejected, where somebody said so. */
const reason = z.string().max(200).optional();

/** What may be asked of a loan contract. */
export const LoanContractCommand = z.discriminatedUnion('type', [
  command('IssueLoanContract', { loan_application_uuid }),
  command('SignContract', { loan_application_uuid }),
  command('RejectContract', { loan_application_uuid, reason }),
]);
export type LoanContractCommand = z.infer<typeof LoanContractCommand>;

/** Stored for ever: add optional fields, never rename; a new meaning is a new type. */
export const LoanContractEvent = z.discriminatedUnion('type', [
  event('LoanContractIssued', { loan_application_uuid }),
  event('ContractSigned', { loan_application_uuid }),
  event('ContractRejected', { loan_application_uuid, reason }),
]);
export type LoanContractEvent = z.infer<typeof LoanContractEvent>;

type LoanContract = { status: 'none' | 'pending_signature' | 'signed' | 'rejected' };

const decider: Decider<LoanContract, LoanContractCommand, LoanContractEvent> = {
  initial: { status: 'none' },

  decide(command, { status }) {
    switch (command.type) {
      case 'IssueLoanContract':
        if (status !== 'none') return reject('loan_contract_already_issued');
        return [{ type: 'LoanContractIssued', data: command.data }];
      case 'SignContract':
        return unanswerable(status) ?? [{ type: 'ContractSigned', data: command.data }];
      case 'RejectContract':
        return unanswerable(status) ?? [{ type: 'ContractRejected', data: command.data }];
    }
  },

  evolve(_state, event) {
    switch (event.type) {
      case 'LoanContractIssued':
        return { status: 'pending_signature' };
      case 'ContractSigned':
        return { status: 'signed' };
      case 'ContractRejected':
        return { status: 'rejected' };
    }
  },
};

/** A contract is answered once, and only after it was issued. */
function unanswerable(status: LoanContract['status']): Rejection | undefined {
  switch (status) {
    case 'none':
      return reject('loan_contract_not_issued');
    case 'signed':
      return reject('contract_already_signed');
    case 'rejected':
      return reject('contract_already_rejected');
    case 'pending_signature':
      return undefined;
  }
}

/** What the applicant signs or rejects. */
export const loanContract = aggregate({
  name: 'LoanContract',
  commands: LoanContractCommand,
  events: LoanContractEvent,
  id: 'loan_application_uuid',
  decider,
});
