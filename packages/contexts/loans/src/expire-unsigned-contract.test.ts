import { applyProjection, deadlineRows, type Message } from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import { z } from 'zod';
import { expireUnsignedContract, loans } from './index.ts';

const id = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const data = { loan_application_uuid: id };
const Settings = z.object(expireUnsignedContract.settings);
const at = (type: string): [string, Message] => [`loans-LoanContract-${id}`, { type, data }];

/** What stands after these events, the first of which was recorded at midnight. */
async function standingAfter(types: readonly string[], settings: object = Settings.parse({})) {
  const rows = new InMemoryReadStore();
  const table = deadlineRows(expireUnsignedContract, { ...settings });
  await applyProjection(table, recordedEvents(...types.map(at)), { rows, store: new InMemoryEventStore() });
  return (await rows.get(table, id))?.row;
}

test('an issued contract is rejected as expired after 30 days', async () => {
  const row = await standingAfter(['LoanContractIssued']);
  expect(row).toMatchObject({
    due_at: '2026-01-31T00:00:00.000Z',
    standing: [{ command: { type: 'RejectContract', data: { ...data, reason: 'expired' } } }],
  });
  const [{ command }] = (row as { standing: [{ command: Message }] }).standing;
  expect(loans.commands.get(command.type)?.schema.safeParse(command).success).toBe(true);
});

test.each(['ContractSigned', 'ContractRejected'])('%s takes it back', async (answer) => {
  expect(await standingAfter(['LoanContractIssued', answer])).toBeUndefined();
});

test('a refused command does not', async () => {
  expect(await standingAfter(['LoanContractIssued', 'CommandRejected'])).toBeDefined();
});

test('how many days is a setting; parts of a day are possible', async () => {
  const settings = Settings.parse({ CONTRACT_SIGNATURE_DAYS: '0.5' });
  expect(await standingAfter(['LoanContractIssued'], settings)).toMatchObject({ due_at: '2026-01-01T12:00:00.000Z' });
  for (const bad of ['0', '-1', 'soon', '40000']) {
    expect(Settings.safeParse({ CONTRACT_SIGNATURE_DAYS: bad }).error?.issues[0]?.message).toContain('number of days');
  }
});
