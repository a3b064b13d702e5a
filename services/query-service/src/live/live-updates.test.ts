import { accountStatements } from '@daybook/accounts';
import { applyProjection, groupOfProjection } from '@daybook/core';
import { loanApplications } from '@daybook/loans';
import type { Heard, Listener } from './test-listener.ts';
import { startLiveSystem, stopLiveSystems } from './test-live-system.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
const OTHER = '2ab0d3f0-7b1c-4a53-9d55-111111111111';

afterEach(stopLiveSystems);

type System = Awaited<ReturnType<typeof startLiveSystem>>;
const request = (system: System, id: string, amount = 1000) =>
  system.append(`loans-LoanRequest-${id}`, 'LoanRequested', { loan_application_uuid: id, amount, duration: 6 });
const submit = (system: System, id: string) =>
  system.append(`loans-LoanRequest-${id}`, 'LoanRequestSubmitted', { loan_application_uuid: id });

const row = (loan_application_uuid: string, status: string) => ({
  event: 'row',
  data: { loan_application_uuid, status },
});

/** The next event that has one. */
async function nextEvent(listener: Listener): Promise<Heard | undefined> {
  for (;;) {
    const heard = await listener.next();
    if (heard === undefined || heard.event !== undefined) return heard;
  }
}

test('a row as it is, then as it becomes, and nothing of others', async () => {
  const system = await startLiveSystem();
  await request(system, ID);
  await system.project();
  const listener = await system.listen(`loan-applications/${ID}`, '0');
  expect(await listener.next()).toMatchObject({ id: '1', ...row(ID, 'pending_submission') });
  await request(system, OTHER);
  await submit(system, ID);
  expect(await listener.next()).toMatchObject({ id: '3', ...row(ID, 'submitted') });
  const late = await system.listen(`loan-applications/${ID}`);
  expect(await late.next()).toMatchObject(row(ID, 'submitted'));
});

test('a row that there is not is gone, until it comes', async () => {
  const system = await startLiveSystem();
  await system.project();
  const listener = await system.listen(`loan-applications/${ID}`);
  expect(await listener.next()).toEqual({ id: '0', event: 'gone', data: { loan_application_uuid: ID } });
  await request(system, ID);
  expect(await listener.next()).toMatchObject({ id: '1', ...row(ID, 'pending_submission') });
});

test('a list: what matches, and what does not any more', async () => {
  const system = await startLiveSystem();
  await system.project();
  const listener = await system.listen('loan-applications?status=pending_submission&limit=10');
  expect(await listener.next()).toEqual({ id: '0', event: 'open', data: {} });
  await request(system, ID);
  expect(await listener.next()).toMatchObject(row(ID, 'pending_submission'));
  await submit(system, ID);
  expect(await listener.next()).toEqual({ id: '2', event: 'gone', data: { loan_application_uuid: ID } });
});

test('resumed, from the header or the query, it goes on after that position; a row is sent once for several events', async () => {
  const system = await startLiveSystem();
  await request(system, ID);
  await request(system, OTHER);
  await submit(system, ID);
  await submit(system, OTHER);
  await system.project();
  const listener = await system.listen('loan-applications', '2');
  expect(await listener.next()).toMatchObject({ id: '3', ...row(ID, 'submitted') });
  expect(await listener.next()).toMatchObject({ id: '4', ...row(OTHER, 'submitted') });
  const asked = await system.listen(`loan-applications/${OTHER}?last_event_id=1`);
  expect(await asked.next()).toMatchObject({ id: '4', ...row(OTHER, 'submitted') });
});

/** Folds these positions of the feed, and waits until the follower has looked at the rows again. */
async function foldAndLook(system: System, ...positions: number[]) {
  const { rows, store } = system;
  const { load } = rows;
  const looked = new Promise<void>((resolve) => {
    // The first look is the fold's own.
    let looks = 0;
    rows.load = async (...args) => {
      const stored = await load.apply(rows, args);
      if (++looks > 1) setImmediate(resolve);
      return stored;
    };
  });
  const events = (await store.readFeed('loans', 0, 100)).filter(({ position }) => positions.includes(position));
  await applyProjection(loanApplications, events, system);
  await looked;
  rows.load = load;
}

test('nothing is sent before the row includes the event', async () => {
  const system = await startLiveSystem();
  const listener = await system.listen('loan-applications');
  expect(await listener.next()).toMatchObject({ event: 'open' });
  await request(system, ID);
  await submit(system, ID);
  await foldAndLook(system, 1);
  await foldAndLook(system, 2);
  expect(await listener.next()).toMatchObject({ id: '2', ...row(ID, 'submitted') });
});

test('a row that comes before one that is still owed has no id: who resumes is owed both', async () => {
  const system = await startLiveSystem();
  const listener = await system.listen('loan-applications');
  expect(await listener.next()).toMatchObject({ event: 'open' });
  await request(system, ID);
  await request(system, OTHER);
  await foldAndLook(system, 2);
  const first = await listener.next();
  expect(first).toMatchObject(row(OTHER, 'pending_submission'));
  expect(first?.id).toBeUndefined();
  await foldAndLook(system, 1);
  expect(await listener.next()).toMatchObject({ id: '1', ...row(ID, 'pending_submission') });
});

test('an entity that can not be folded is named, holds up no other, and is sent when it can', async () => {
  const system = await startLiveSystem({ pollMs: 10 });
  system.poison(ID);
  await system.project();
  const listener = await system.listen('loan-applications');
  expect(await listener.next()).toMatchObject({ event: 'open' });
  await request(system, ID);
  await request(system, OTHER);
  const heard = [await nextEvent(listener), await nextEvent(listener)];
  expect(heard).toContainEqual(expect.objectContaining({ event: 'aside', data: { loan_application_uuid: ID } }));
  expect(heard).toContainEqual(expect.objectContaining({ event: 'row' }));
  await submit(system, OTHER);
  expect(await nextEvent(listener)).toMatchObject(row(OTHER, 'submitted'));
  system.poison(undefined);
  await system.store.replayParked(groupOfProjection(loanApplications), 'loans');
  expect(await nextEvent(listener)).toMatchObject(row(ID, 'pending_submission'));
});

test('while nothing of it happens, the id comes with a sign of life', async () => {
  const system = await startLiveSystem({ heartbeatMs: 5, pollMs: 5 });
  await system.project();
  const listener = await system.listen(`loan-applications/${ID}`);
  expect(await listener.next()).toMatchObject({ id: '0', event: 'gone' });
  await request(system, OTHER);
  expect(await listener.next()).toEqual({ id: '1' });
});

test('of an entity with several rows it is said that they changed', async () => {
  const system = await startLiveSystem({}, accountStatements);
  await system.project();
  const account_uuid = ID;
  const stream = `accounts-Account-${ID}`;
  const listener = await system.listen(`account-statements/${ID}`);
  expect(await listener.next()).toEqual({ id: '0', event: 'changed', data: { account_uuid } });
  await system.append(stream, 'AccountOpened', { account_uuid });
  await system.append(stream, 'TransferRecorded', { account_uuid, amount: 20 });
  expect(await listener.next()).toMatchObject({ event: 'changed', data: { account_uuid } });
});

test.each([
  ['x', 400],
  ['-1', 400],
  ['1.5', 400],
  ['17', 410],
])('Last-Event-ID %s of an empty feed: %i', async (id, status) => {
  const system = await startLiveSystem();
  const listener = await system.listen('loan-applications', id);
  expect(listener.status).toBe(status);
});

test('a stream ends when the feed goes back to before what its client has', async () => {
  const system = await startLiveSystem({ pollMs: 20 });
  await system.project();
  await request(system, ID);
  const listener = await system.listen('loan-applications', '1');
  expect(listener.status).toBe(200);
  system.store.goBackTo('loans', 0);
  expect(await listener.next()).toMatchObject({
    event: 'end',
    data: { reason: 'the log went back in time: begin again' },
  });
});

test('more listeners than allowed: 503; who leaves makes room, and nothing of them stays', async () => {
  const system = await startLiveSystem({ maxListeners: 1, pollMs: 10 });
  const first = await system.listen('loan-applications');
  expect(await first.next()).toMatchObject({ event: 'open' });
  expect((await system.listen('loan-applications')).status).toBe(503);
  first.leave();
  let second = await system.listen('loan-applications');
  while (second.status === 503) second = await system.listen('loan-applications');
  expect(await second.next()).toMatchObject({ event: 'open' });
});

test('a service that stops says so to those who listen', async () => {
  const system = await startLiveSystem();
  const listener = await system.listen('loan-applications');
  expect(await listener.next()).toMatchObject({ event: 'open' });
  await system.api.close();
  expect(await listener.next()).toEqual({ event: 'end', data: { reason: 'the server stops' } });
  expect(await listener.next()).toBeUndefined();
});

test.each([
  ['TEXT/EVENT-STREAM', 'text/event-stream; charset=utf-8'],
  ['application/json;q=0.5, text/event-stream', 'text/event-stream; charset=utf-8'],
  ['text/event-streamx', 'application/json; charset=utf-8'],
  ['text/event-stream;q=0', 'application/json; charset=utf-8'],
])('Accept: %s is answered as %s, and caches are told what it depends on', async (accept, type) => {
  const { url } = await startLiveSystem();
  const leaving = new AbortController();
  const response = await fetch(`${url}/loans/loan-applications`, { headers: { accept }, signal: leaving.signal });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  if (type.startsWith('application')) expect(response.headers.get('vary')).toBe('accept');
  leaving.abort();
});
