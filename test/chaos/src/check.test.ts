import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { followUps, type Reply } from '@daybook/core';
import { reviewLoanRequest } from '@daybook/loans';
import { recordedEvents } from '@daybook/testing';
import { check } from './check.ts';
import { Ledger } from './ledger.ts';

// The check must be able to fail: each case is a run in which one thing went wrong.

const id = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const data = { loan_application_uuid: id };
const stream = `loans-LoanRequest-${id}`;
const requested = [stream, { type: 'LoanRequested', data: { ...data, amount: 1000, duration: 6 } }] as const;
const submitted = [stream, { type: 'LoanRequestSubmitted', data }] as const;
const row = {
  loan_application_uuid: id,
  amount: 1000,
  duration: 6,
  status: 'pending_submission',
  requested_at: '2026-01-01T00:00:00.000Z',
  ...Object.fromEntries(
    ['submitted', 'review_issued', 'approved', 'denied', 'contract_issued', 'signed', 'rejected'].map((at) => [
      `${at}_at`,
      null,
    ]),
  ),
};

let server: Server;
let queryUrl: string;
let shown: unknown;

beforeAll(async () => {
  server = createServer((_request, answer) => answer.end(JSON.stringify(shown)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  queryUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  shown = row;
});

function ledgerOf(...commandIds: string[]): Ledger {
  const ledger = new Ledger();
  for (const commandId of commandIds) ledger.offer(commandId, 'RequestLoan').confirmed = true;
  return ledger;
}

const wrongWith = (ledger: Ledger, feed: ReturnType<typeof recordedEvents>, parked: string[] = []) =>
  check(ledger, { feed, parked: new Set(parked), queryUrl });

test('nothing is wrong with a right run', async () => {
  const ledger = ledgerOf('command-0', 'rubbish');
  const reply = {
    status: 'accepted',
    command_id: 'command-0',
    stream,
    revision: 0,
    token: `${stream}@0`,
    events: [{ type: 'LoanRequested', revision: 0 }],
  } as const;
  ledger.offer('command-0', 'RequestLoan').replies.push(reply);
  expect(await wrongWith(ledger, recordedEvents(requested), ['rubbish'])).toEqual([]);
});

test('a confirmed command that is nowhere', async () => {
  expect(await wrongWith(ledgerOf('command-0', 'gone'), recordedEvents(requested))).toEqual([
    expect.stringContaining('gone was confirmed, and is lost'),
  ]);
});

test('an event of a command that nobody published', async () => {
  expect(await wrongWith(ledgerOf(), recordedEvents(requested))).toEqual(['nobody published command-0']);
});

test('a reply that is not what is recorded', async () => {
  const ledger = ledgerOf('command-0');
  const reply: Reply = {
    status: 'rejected',
    command_id: 'command-0',
    stream,
    revision: 0,
    token: `${stream}@0`,
    error: { code: 'no', message: 'no' },
  };
  ledger.offer('command-0', 'RequestLoan').replies.push(reply);
  expect(await wrongWith(ledger, recordedEvents(requested))).toEqual([expect.stringContaining('was answered')]);
});

test('a command that took effect twice', async () => {
  const feed = recordedEvents(
    requested,
    [stream, { type: 'CommandRejected', data: { command: 'X', code: 'x', message: '' } }],
    submitted,
  );
  const again = feed.map((event, n) =>
    n === 2 ? { ...event, type: 'CommandRejected', metadata: { ...event.metadata, command_id: 'command-0' } } : event,
  );
  expect(await wrongWith(ledgerOf('command-0', 'command-1'), again)).toContain(
    `command-0 took effect twice on ${stream}`,
  );
});

test('a missing revision, and a follow-up that never came', async () => {
  const feed = recordedEvents(requested, submitted);
  const [followUp] = feed.flatMap((event) => followUps('loans', reviewLoanRequest, event));
  shown = { ...row, status: 'submitted', submitted_at: '2026-01-01T00:01:00.000Z' };
  const ledger = ledgerOf('command-0', 'command-1');
  expect(await wrongWith(ledger, feed)).toEqual([
    `the follow-up IssueLoanReview ${followUp?.commandId} has no outcome`,
  ]);
  const gap = feed.map((event, n) => (n === 1 ? { ...event, type: 'CommandRejected', data: {}, revision: 2 } : event));
  expect((await wrongWith(ledger, gap)).join()).toContain(`${stream}: 2 after 0`);
});

test('a contract that waits for ever, and one that expired by nobody’s command', async () => {
  const contract = `loans-LoanContract-${id}`;
  const issued = [contract, { type: 'LoanContractIssued', data }] as const;
  const expired = [contract, { type: 'ContractRejected', data: { ...data, reason: 'expired' } }] as const;
  const ledger = ledgerOf('command-0', 'command-1', 'command-2');
  const [first, second, third] = recordedEvents(requested, issued, expired);
  shown = undefined;
  const said = async (...feed: (typeof first)[]) => (await wrongWith(ledger, feed as never)).join();
  expect(await said(first, second)).toContain(`${contract} has 0 answers`);
  expect(await said(first, second, third)).toContain(`${contract}: ContractRejected by command-2`);
});

test('a row that is not the fold of the log', async () => {
  shown = { ...row, amount: 1 };
  expect(await wrongWith(ledgerOf('command-0'), recordedEvents(requested))).toEqual([
    expect.stringContaining(`row ${id} is`),
  ]);
});
