import { type ConsumerHost, type Mail, silent, systemClock } from '@daybook/core';
import { createInMemoryCommandBus, InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { loans } from '@daybook/loans';
import { startEmbedded } from './embedded.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';

test('a loan from the request to the signed contract, all services in one process', async () => {
  const mails: string[] = [];
  const ping = () => Promise.resolve();
  const rows = new InMemoryReadStore();
  for (const projection of loans.projections) rows.builds.add('loans', projection);
  const parts = {
    contexts: [loans],
    bus: createInMemoryCommandBus({ log: silent }),
    store: new InMemoryEventStore(),
    rows,
    builds: rows.builds,
    consumerHost: {} as ConsumerHost,
    queryTools: { query: async () => [] },
    mailer: {
      send: async (_id: string, { to, subject }: Mail) => void mails.push(`${to}: ${subject}`),
      ping,
      close: ping,
    },
    clock: systemClock,
    log: silent,
    host: '127.0.0.1',
    ports: { commands: 0, queries: 0 },
    requestTimeoutMs: 5000,
    settings: { CONTRACT_SIGNATURE_DAYS: 30 },
    deadlinePollMs: 10,
  };
  const services = await startEmbedded(parts);

  const send = async (type: string, data: object = {}) => {
    const body = JSON.stringify({ loan_application_uuid: ID, ...data });
    const headers = { 'content-type': 'application/json', 'daybook-actor': 'ann', prefer: 'consistency=strong' };
    return (await fetch(`${services.commandsUrl}/commands/loans/${type}`, { method: 'POST', headers, body })).status;
  };
  const status = async () => {
    const response = await fetch(`${services.queriesUrl}/loans/loan-applications/${ID}`);
    return ((await response.json()) as { status: unknown }).status;
  };
  /** Where a process manager has to bring it. */
  const reached = async (wanted: string) => {
    while ((await status()) !== wanted) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  expect(await send('RequestLoan', { amount: 1000, duration: 6 })).toBe(200);
  expect(await send('RequestLoan', { amount: 1000, duration: 6 })).toBe(422);
  expect(await status()).toBe('pending_submission');
  expect(await send('SubmitLoanRequest')).toBe(200);
  await reached('pending_review');
  expect(await send('ApproveLoan')).toBe(200);
  await reached('pending_signature');
  expect(await send('SignContract')).toBe(200);
  expect(await status()).toBe('signed');
  await services.stop();
  expect(mails).toEqual(['ann: Your loan is approved', 'ann: Your contract waits for you']);
});
