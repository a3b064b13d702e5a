import { account } from '@daybook/accounts';
import { fold, itemsProjection, type Message, projection } from '@daybook/core';
import { z } from 'zod';

/** Every event it was given, in the order it was given them: one too many, too few or too early shows. */
const told = fold<string, Message>({
  initial: '',
  evolve: (part, { type, revision }) => `${part}${revision} ${type}; `,
});

/** A read model that forgives nothing; those of the loans would forgive an event folded twice. */
export const ledger = projection({
  name: 'ledger',
  version: 1,
  row: z.object({ entity_id: z.string(), told: z.string() }),
  key: 'entity_id',
  folds: { LoanRequest: told, LoanReview: told, LoanContract: told },
  combine: (entity_id, parts) => ({ entity_id, told: JSON.stringify(parts) }),
  list: { filters: [], orderBy: 'entity_id' },
});

/** The same for several rows an entity: of all that was told the last line, so that rows come and go. */
export const journal = itemsProjection({
  name: 'journal',
  version: 1,
  row: z.object({ account_uuid: z.string(), line: z.int(), told: z.string() }),
  key: 'account_uuid',
  itemKey: 'line',
  of: account,
  initial: { line: 0, told: '' },
  evolve(part, { type, revision, data }) {
    const line = part.line + 1;
    const next = { line, told: `${part.told}${revision} ${type}; ` };
    return { part: next, put: [{ account_uuid: data.account_uuid, ...next }], remove: [part.line] };
  },
  list: { filters: [], orderBy: 'line' },
});
