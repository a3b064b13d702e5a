import { applyProjection, type ReadStore, Unavailable } from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { loanApplications, loanFacts, reviewQueue } from '@daybook/loans';
import { recordedEvents } from '@daybook/testing';
import { type Answer, data, PATH, PROBLEM, post, STREAM } from './test-gateway.ts';

const events = recordedEvents([STREAM, { type: 'LoanRequested', data }]);
const project = async (rows: ReadStore, ...projections: (typeof loanApplications | typeof reviewQueue)[]) => {
  for (const projection of projections)
    await applyProjection(projection, events, { rows, store: new InMemoryEventStore() });
};
const strong = { prefer: 'consistency=strong' };
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('the answer has the token, whatever is preferred, also of a command that was refused', async () => {
  const { headers } = await post(PATH);
  expect([headers['daybook-token'], headers['daybook-consistency']]).toEqual([`${STREAM}@0`, undefined]);
  const error = { code: 'amount_is_too_low', message: 'the least is 500' };
  const rejected: Answer = async ({ commandId: command_id }) => ({
    status: 'rejected',
    command_id,
    stream: STREAM,
    revision: 3,
    token: `${STREAM}@3`,
    error,
  });
  expect((await post(PATH, { answer: rejected })).headers['daybook-token']).toBe(`${STREAM}@3`);
});

test('strong: the answer comes when every projection of the aggregate includes the command', async () => {
  const rows = new InMemoryReadStore();
  let answered = false;
  const answer = post(PATH, { rows, headers: strong }).finally(() => {
    answered = true;
  });
  await project(rows, loanApplications, reviewQueue);
  for (let n = 0; n < 20; n++) await turn();
  expect(answered).toBe(false);
  await applyProjection(loanFacts, events, { rows, store: new InMemoryEventStore() });
  const { status, headers } = await answer;
  expect([status, headers['daybook-consistency'], headers['preference-applied']]).toEqual([
    200,
    'strong',
    'consistency=strong',
  ]);
});

test('strong, for the projections that are named', async () => {
  const rows = new InMemoryReadStore();
  await project(rows, loanApplications, reviewQueue);
  const prefer = 'consistency=strong; projections="loan_applications, review_queue", wait=5';
  expect((await post(PATH, { rows, headers: { prefer } })).headers).toMatchObject({
    'daybook-consistency': 'strong',
    'preference-applied': 'consistency=strong, wait=5',
  });
});

test('waiting never undoes a command: at the deadline its own outcome is answered, and that it is not read yet', async () => {
  const { status, headers, body } = await post(PATH, { headers: strong, timeoutMs: 1 });
  expect([status, headers['daybook-consistency'], headers['preference-applied']]).toEqual([200, 'eventual', undefined]);
  expect(body).toMatchObject({ status: 'accepted' });
});

test.each([
  ['read models are away', { load: () => Promise.reject(new Unavailable('Postgres', 'refused')) }, 10],
  ['too many wait', {}, 0],
])('when %s a command is answered all the same', async (_what, broken, maxWaiting) => {
  const rows = { ...broken, watch: () => () => {} } as Partial<ReadStore> as ReadStore;
  const { status, headers } = await post(PATH, { headers: strong, rows, maxWaiting });
  expect([status, headers['daybook-consistency']]).toEqual([200, 'eventual']);
});

test.each([
  ['consistency=strong; projections=account_balances', 'account_balances includes nothing of loans-LoanRequest'],
  ['consistency=absolute', 'consistency is strong or eventual'],
])('Prefer: %s: 400, and nothing is published', async (prefer, said) => {
  const { status, type, body, requests } = await post(PATH, { headers: { prefer } });
  expect({ status, type, requests }).toEqual({ status: 400, type: PROBLEM, requests: [] });
  expect(body.detail).toContain(said);
});
