import { randomUUID } from 'node:crypto';
import { type Client, connectClient, NotYet, type Update } from '@daybook/client';
import { type CommandOf, foldRows, type Row } from '@daybook/core';
import { loanApplications, loanFacts, loans, reviewQueue } from '@daybook/loans';
import { startLoans } from './many-loans.ts';
import { startTestSystem, type TestSystem } from './system.ts';

// Nothing in this file sleeps or polls: a command is answered when it can be read, and what follows from it is told.

type Loans = Client<CommandOf<typeof loans>>;

let system: TestSystem;
let clients: Record<'AMQP' | 'HTTP', Loans>;

beforeAll(async () => {
  system = await startTestSystem();
  const { rabbitmqUrl, gatewayUrl, queryUrl } = system;
  clients = {
    AMQP: await connectClient({ context: loans, rabbitmqUrl, queryUrl }),
    HTTP: await connectClient({ context: loans, gatewayUrl, queryUrl }),
  };
}, 180_000);

afterAll(async () => {
  await clients?.AMQP.close();
  await clients?.HTTP.close();
  await system?.stop();
}, 60_000);

/** The loan's row once a process manager has brought it there. */
async function told(client: Loans, id: string, status: string) {
  for await (const update of client.follow(loanApplications, { of: id })) {
    if (update.event === 'row' && update.row.status === status) return update.row;
  }
  throw new Error('a stream that is followed does not end');
}

test.each(['AMQP', 'HTTP'] as const)(
  'the life of a loan over %s, each step read as soon as it is answered',
  async (way) => {
    const client = clients[way];
    const loan_application_uuid = randomUUID();
    const strong = { consistency: 'strong' } as const;
    const accepted = { status: 'accepted', consistency: 'strong' };
    const read = () => client.get(loanApplications, loan_application_uuid);

    const request = { type: 'RequestLoan', data: { loan_application_uuid, amount: 1000, duration: 6 } } as const;
    expect(await client.send(request, strong)).toMatchObject(accepted);
    expect(await read()).toMatchObject({ status: 'pending_submission', amount: 1000 });
    expect(await client.get(loanFacts, loan_application_uuid)).toMatchObject({ amount: 1000 });

    expect(await client.send({ type: 'SubmitLoanRequest', data: { loan_application_uuid } }, strong)).toMatchObject(
      accepted,
    );
    expect((await read())?.submitted_at).not.toBeNull();
    await told(client, loan_application_uuid, 'pending_review');

    const approve = { type: 'ApproveLoan', data: { loan_application_uuid } } as const;
    expect(await client.send(approve, { ...strong, projections: [loanApplications, reviewQueue] })).toMatchObject(
      accepted,
    );
    expect((await read())?.approved_at).not.toBeNull();
    expect(await client.get(reviewQueue, loan_application_uuid)).toBeUndefined();
    await told(client, loan_application_uuid, 'pending_signature');

    expect(await client.send({ type: 'SignContract', data: { loan_application_uuid } }, strong)).toMatchObject(
      accepted,
    );
    expect((await read())?.status).toBe('signed');

    const refused = await client.send({ type: 'SignContract', data: { loan_application_uuid } }, strong);
    expect(refused).toMatchObject({ status: 'rejected', consistency: 'strong' });
  },
  60_000,
);

test("a reply's token, presented to the query-service, is read", async () => {
  const data = { loan_application_uuid: randomUUID(), amount: 1000, duration: 6 };
  const answer = await fetch(`${system.gatewayUrl}/commands/loans/RequestLoan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(data),
  });
  const token = answer.headers.get('daybook-token') ?? '';
  expect(await answer.json()).toMatchObject({ token });
  const headers = { 'daybook-token': token, prefer: 'wait=10' };
  for (const path of [`loan-applications/${data.loan_application_uuid}`, 'loan-applications', 'review-queue']) {
    expect((await fetch(`${system.queryUrl}/loans/${path}`, { headers })).status).toBe(200);
  }
});

test('a projector that is killed while a request waits: the row, or not yet; never a row without it', async () => {
  const client = clients.AMQP;
  const projector = system.services.find(({ name }) => name === 'projector');
  const ids = Array.from({ length: 20 }, () => randomUUID() as string);
  projector?.kill('SIGKILL');
  const rows = await Promise.all(
    ids.map(async (loan_application_uuid) => {
      const reply = await client.send({
        type: 'RequestLoan',
        data: { loan_application_uuid, amount: 1000, duration: 6 },
      });
      if (!('token' in reply)) throw new Error(reply.status);
      for (;;) {
        try {
          return await client.get(loanApplications, loan_application_uuid, { token: reply.token, waitMs: 5000 });
        } catch (error) {
          if (!(error instanceof NotYet)) throw error;
        }
      }
    }),
  );
  expect(rows.map((row) => row?.loan_application_uuid)).toEqual(ids);
}, 120_000);

test('live updates, with the projector and the query-service killed under load: no gap, and the rows are right', async () => {
  const updates = clients.HTTP.follow(loanApplications);
  const seen = new Map<string, Row>();
  const restarts = () => system.services.map((service) => service.restarts).reduce((sum, one) => sum + one, 0);
  const before = restarts();
  // The projector twice, the service that is listened to three times.
  const kills = ['query-service', 'projector', 'query-service', 'projector', 'query-service'];
  /** Follows until every one of these is at its end. */
  async function follow(expected: ReadonlyMap<string, { readonly status: string }>): Promise<void> {
    const open = new Set(expected.keys());
    for (let count = 0; open.size > 0; count++) {
      const { value } = (await updates.next()) as { value: Update<Row> };
      if (value.event !== 'row') continue;
      if (count % 30 === 29) system.services.find(({ name }) => name === kills[0])?.kill('SIGKILL');
      if (count % 30 === 29) kills.shift();
      const id = value.row.loan_application_uuid as string;
      seen.set(id, value.row);
      if (value.row.status === expected.get(id)?.status) open.delete(id);
    }
  }
  const under = await startLoans(system, 150);
  await Promise.all([under.done, follow(under.expected)]);
  await updates.return();
  expect(kills).toEqual([]);
  expect(restarts()).toBeGreaterThan(before);
  const folded = foldRows(loanApplications, await system.feed());
  for (const id of under.expected.keys()) expect(seen.get(id)).toEqual(folded.get(id)?.[0]);
}, 180_000);
