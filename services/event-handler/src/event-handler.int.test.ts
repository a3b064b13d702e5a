import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, eventIdOf, groupOfEventHandler, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { type SupervisedService, supervise } from '@daybook/launcher';
import { notifyApplicant } from '@daybook/loans';
import { freePort } from '@daybook/local-servers';
import { type MailCatcher, startMailCatcher } from '@daybook/mail-catcher';
import { eventually, startTestPostgres, type TestServer } from '@daybook/test-support';

let postgres: TestServer;
let store: EventStore;
let service: SupervisedService;
let catcher: MailCatcher;
let port: number;
let healthPort: number;
const folder = mkdtempSync(join(tmpdir(), 'daybook-test-mail-'));
const full = new Set(['full@daybook.example']);
const refuses = (address: string) => (full.has(address) ? 452 : address.startsWith('nobody@'));

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openEventStore({ url: postgres.url, log: silent });
  port = await freePort();
  healthPort = await freePort();
  catcher = await startMailCatcher({ port, refuses });
  service = supervise({
    name: 'event-handler',
    script: 'services/event-handler/dist/main.js',
    logFile: join(folder, 'event-handler.log'),
    env: {
      EVENT_STORE_URL: postgres.url,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      HEALTH_PORT: String(healthPort),
    },
    policy: { maxRestarts: 100, maxDelayMs: 500 },
  });
  await service.ready();
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await catcher?.stop();
  await store?.close();
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** A loan that somebody asked for, and that was approved. */
async function approvedLoan(id: string, actor: string): Promise<void> {
  const append = (aggregate: string, type: string, revision: number) => {
    const data = { loan_application_uuid: id, ...(type === 'LoanRequested' ? { amount: 1000, duration: 6 } : {}) };
    const command_id = `${type} ${id}`;
    const metadata = { command_id, causation_id: 'x', correlation_id: 'x', actor, schema_version: 1, recorded_at: '' };
    return store.append(`loans-${aggregate}-${id}`, revision === 0 ? 'no-stream' : revision - 1, [
      { id: eventIdOf(command_id, 0), type, data, metadata },
    ]);
  };
  await append('LoanRequest', 'LoanRequested', 0);
  await append('LoanReview', 'LoanReviewIssued', 0);
  await append('LoanReview', 'LoanApproved', 1);
}

const mailsTo = (actor: string) => catcher.mails.filter(({ to }) => to.includes(`${actor}@daybook.example`));

test('the applicant gets a mail, once, though the service is killed again and again', async () => {
  const actors = Array.from({ length: 200 }, (_, n) => `ann-${n}`);
  for (const [n, actor] of actors.entries()) {
    await approvedLoan(`a-${n}`, actor);
    if (n % 60 === 59) service.kill('SIGKILL');
  }
  await eventually('everybody was told', () => actors.every((actor) => mailsTo(actor).length > 0));
  for (const actor of actors) {
    // A crash between the mail and its record is allowed to send it again; it is the same mail then.
    expect(new Set(mailsTo(actor).map(({ messageId }) => messageId)).size).toBe(1);
  }
  expect(catcher.mails.length).toBeLessThan(2 * actors.length);
  expect(mailsTo('ann-7')[0]).toMatchObject({ subject: 'Your loan is approved', text: expect.stringContaining('a-7') });
}, 60_000);

test('while the mail server is away mails wait; what it refuses is parked, and holds nobody else up', async () => {
  await catcher.stop();
  await approvedLoan('b-1', 'bob');
  await approvedLoan('b-2', 'nobody');
  await approvedLoan('b-3', 'cleo');
  await eventually('the service says that it is not ready', async () => !(await isReady()));
  catcher = await startMailCatcher({ port, refuses });
  await eventually('both were told', () => mailsTo('bob').length === 1 && mailsTo('cleo').length === 1);
  const group = groupOfEventHandler(notifyApplicant);
  const [parked] = await eventually('the refused one is parked', async () => {
    const all = await store.listParked(group, 'loans');
    return all.length > 0 && all;
  });
  expect(parked).toMatchObject({ event: { streamId: 'loans-LoanReview-b-2' }, attempts: 5 });
  expect(parked?.reason).toContain('no such mailbox');
}, 90_000);

test('a mailbox that is full holds nobody else up, and gets its mail once there is room', async () => {
  await approvedLoan('c-0', 'full');
  for (const n of [1, 2, 3]) await approvedLoan(`c-${n}`, `other-${n}`);
  await eventually('the others were told', () => [1, 2, 3].every((n) => mailsTo(`other-${n}`).length === 1));
  expect(mailsTo('full')).toEqual([]);
  full.clear();
  await eventually('it was told as well', () => mailsTo('full').length === 1);
}, 90_000);

async function isReady(): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok;
}
