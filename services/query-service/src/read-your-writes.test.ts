import { applyProjection, type RecordedEvent, silent, systemClock } from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { loanApplications, loans } from '@daybook/loans';
import { recordedEvents } from '@daybook/testing';
import { buildQueryApi } from './query-api.ts';
import { alwaysLive } from './test-live.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
const OTHER = '2ab0d3f0-7b1c-4a53-9d55-111111111111';
const STREAM = `loans-LoanRequest-${ID}`;
const PATH = `/loans/loan-applications/${ID}`;
const data = { loan_application_uuid: ID, amount: 1000, duration: 6 };
const [requested, submitted] = recordedEvents(
  [STREAM, { type: 'LoanRequested', data }],
  [STREAM, { type: 'LoanRequestSubmitted', data: { loan_application_uuid: ID } }],
) as [RecordedEvent, RecordedEvent];

async function start(limits = {}) {
  const rows = new InMemoryReadStore();
  let watching = 0;
  const { watch } = rows;
  rows.watch = (...args) => {
    watching++;
    const unwatch = watch.apply(rows, args);
    return () => {
      watching--;
      unwatch();
    };
  };
  const store = new InMemoryEventStore();
  await store.append(STREAM, 'no-stream', [requested, submitted]);
  await store.append(`loans-LoanReview-${ID}`, 'no-stream', [{ ...requested, id: 'issued' }]);
  const api = await buildQueryApi({
    contexts: [loans],
    rows,
    liveBuilds: alwaysLive(),
    store,
    clock: systemClock,
    log: silent,
    limits,
  });
  return {
    api,
    watching: () => watching,
    project: (...events: RecordedEvent[]) => applyProjection(loanApplications, events, { rows, store }),
    async ask(token: string, { path = PATH, prefer }: { path?: string; prefer?: string } = {}) {
      const headers = { 'daybook-token': token, ...(prefer !== undefined && { prefer }) };
      const answer = await api.inject({ url: path, headers });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() as Record<string, unknown> };
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a row that includes the token is answered at once', async () => {
  const { project, ask } = await start();
  await project(requested);
  expect(await ask(`${STREAM}@0`)).toMatchObject({ status: 200, body: { status: 'pending_submission' } });
});

test('a row that comes to include it is waited for', async () => {
  const { project, ask, watching } = await start();
  await project(requested);
  const answer = ask(`${STREAM}@1`, { prefer: 'wait=10' });
  while (watching() === 0) await turn();
  await project(submitted);
  const { status, headers, body } = await answer;
  expect([status, body.status, headers['preference-applied']]).toEqual([200, 'submitted', 'wait=10']);
  expect(watching()).toBe(0);
});

test('a list waits as well', async () => {
  const { project, ask, watching } = await start();
  const answer = ask(`${STREAM}@0`, { path: '/loans/loan-applications', prefer: 'wait=10' });
  while (watching() === 0) await turn();
  await project(requested);
  expect(await answer).toMatchObject({ status: 200, body: { items: [{ loan_application_uuid: ID }] } });
});

test('a row that does not in time: 412, with what is there and what is wanted', async () => {
  const { project, ask, watching } = await start({ maxWaitMs: 0 });
  await project(requested);
  const { status, headers, body } = await ask(`${STREAM}@1`, { prefer: 'wait=300' });
  expect([status, headers['retry-after'], headers['preference-applied']]).toEqual([412, '1', 'wait=0']);
  expect(body).toMatchObject({
    type: 'urn:daybook:problem:not-yet',
    stream: STREAM,
    revision: 1,
    projection: 'loan_applications',
    revision_seen: 0,
  });
  expect(await ask(`loans-LoanReview-${ID}@0`)).toMatchObject({ status: 412, body: { revision_seen: null } });
  expect(watching()).toBe(0);
});

test('a projection that includes the token and has no row: 404', async () => {
  const { project, ask } = await start();
  await project(...recordedEvents([STREAM, { type: 'CommandRejected', data: {} }]));
  expect(await ask(`${STREAM}@0`)).toMatchObject({ status: 404 });
});

test.each([
  ['no token', 'none', 'urn:daybook:problem:invalid-token'],
  ['another entity', `loans-LoanRequest-${OTHER}@0`, 'urn:daybook:problem:token-of-other-entity'],
  ['another context', `accounts-LoanRequest-${ID}@0`, 'urn:daybook:problem:token-of-other-projection'],
  ['what is not folded', `loans-Applicant-${ID}@0`, 'urn:daybook:problem:token-of-other-projection'],
  ['what every object has', `loans-constructor-${ID}@0`, 'urn:daybook:problem:token-of-other-projection'],
])('a token of %s: 400', async (_what, token, type) => {
  const { ask } = await start();
  expect(await ask(token)).toMatchObject({ status: 400, body: { type } });
});

test('more than may wait: 503, and a place again when one is answered', async () => {
  const { project, ask, watching } = await start({ maxWaiting: 1 });
  const first = ask(`${STREAM}@0`, { prefer: 'wait=10' });
  while (watching() === 0) await turn();
  expect(await ask(`${STREAM}@0`)).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { type: 'urn:daybook:problem:too-many-waiting' },
  });
  await project(requested);
  expect((await first).status).toBe(200);
  expect((await ask(`${STREAM}@0`)).status).toBe(200);
});

test('a client that goes away is waited for no longer; a service that stops answers who waits', async () => {
  const { api, ask, watching } = await start();
  const url = await api.listen({ port: 0, host: '127.0.0.1' });
  const leaving = new AbortController();
  const headers = { 'daybook-token': `${STREAM}@0`, prefer: 'wait=10' };
  const left = fetch(`${url}${PATH}`, { headers, signal: leaving.signal });
  while (watching() === 0) await turn();
  leaving.abort();
  await expect(left).rejects.toThrow();
  while (watching() > 0) await turn();
  const waiting = ask(`${STREAM}@0`, { prefer: 'wait=10' });
  while (watching() === 0) await turn();
  const closing = api.close();
  // What fetch keeps of an aborted request is nothing to wait for.
  api.server.closeAllConnections();
  await closing;
  expect((await waiting).status).toBe(412);
});

test('a token whose event the log has lost: 410 at once, however long it would wait', async () => {
  const { project, ask, watching } = await start();
  await project(requested, submitted);
  const { status, body } = await ask(`${STREAM}@2`, { prefer: 'wait=300' });
  expect([status, body.type, watching()]).toEqual([410, 'urn:daybook:problem:history-lost', 0]);
});
