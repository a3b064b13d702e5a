import { randomUUID } from 'node:crypto';
import { defineApp } from '@daybook/app';
import { loans } from '@daybook/loans';
import { eventually } from '@daybook/test-support';
import { startTestApp, type TestApp } from './start-test-app.ts';

const DAY_MS = 86_400_000;
let daybook: TestApp;

beforeAll(async () => {
  daybook = await startTestApp(defineApp({ contexts: [loans] }), { settings: { CONTRACT_SIGNATURE_DAYS: '14' } });
}, 60_000);
afterAll(() => daybook?.stop(), 30_000);

test('a command is answered, its row is there, and a deadline falls due when the clock is moved', async () => {
  const loan_application_uuid = randomUUID();
  const data = { loan_application_uuid };
  const status = async () =>
    (await daybook.query<{ status: string }>(`/loans/loan-applications/${loan_application_uuid}`)).status;

  const sent = await daybook.send(loans, { type: 'RequestLoan', data: { ...data, amount: 1000, duration: 6 } });
  expect(sent).toMatchObject({ status: 'accepted' });
  expect(await status()).toBe('pending_submission');
  await daybook.send(loans, { type: 'SubmitLoanRequest', data });
  await eventually('the review is issued', async () => (await status()) === 'pending_review');
  await daybook.send(loans, { type: 'ApproveLoan', data });
  await eventually('the contract is issued', async () => (await status()) === 'pending_signature');

  daybook.clock.advance(13 * DAY_MS);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await status()).toBe('pending_signature');
  daybook.clock.advance(2 * DAY_MS);
  await eventually('the contract has expired', async () => (await status()) === 'rejected');
}, 60_000);

test('a refusal is an answer, and a row that is not there an error that says so', async () => {
  const loan_application_uuid = randomUUID();
  const data = { loan_application_uuid, amount: 1, duration: 6 };
  expect(await daybook.send(loans, { type: 'RequestLoan', data })).toMatchObject({ status: 'rejected' });
  const path = `/loans/loan-applications/${loan_application_uuid}`;
  await expect(daybook.query(path)).rejects.toThrow(`GET ${path} was answered 404`);
});
