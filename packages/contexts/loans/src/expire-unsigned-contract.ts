import { type Cause, causeOf, deadline, fold, later } from '@daybook/core';
import { z } from 'zod';
import type { LoanContractCommand, LoanContractEvent } from './loan-contract.ts';

const DAY_MS = 86_400_000;
const error = 'a number of days above 0, up to 36500; a part of a day is 0.5';

/** What set the deadline, while the contract waits for its signature. */
const issued = fold<Cause | null, LoanContractEvent>({
  initial: null,
  evolve(_before, event) {
    switch (event.type) {
      case 'LoanContractIssued':
        return causeOf(event);
      case 'ContractSigned':
      case 'ContractRejected':
        return null;
    }
  },
});

/** A contract that nobody answers in time is rejected. */
export const expireUnsignedContract = deadline({
  name: 'ExpireUnsignedContract',
  version: 1,
  folds: { LoanContract: issued },
  settings: {
    CONTRACT_SIGNATURE_DAYS: z.coerce
      .number({ error })
      .positive({ error })
      .max(36_500, { error })
      .default(30)
      .meta({ description: 'Days until a contract that nobody signed is rejected.' }),
  },
  due(loan_application_uuid, { LoanContract: because }, { CONTRACT_SIGNATURE_DAYS: days }) {
    if (because === null) return [];
    const command: LoanContractCommand = { type: 'RejectContract', data: { loan_application_uuid, reason: 'expired' } };
    return [{ at: later(because.recorded_at, days * DAY_MS), because, command }];
  },
});
