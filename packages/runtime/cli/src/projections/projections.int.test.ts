import {
  applyProjection,
  followBuilds,
  groupOfProjection,
  silent,
  switchWhenCaughtUp,
  systemClock,
} from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { loanApplications } from '@daybook/loans';
import { connectPostgresReadStore, createReadModels } from '@daybook/read-store-postgres';
import { eventually, startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import { run } from '../run.ts';
import { quiet } from '../test-cli-environment.ts';

let server: TestServer;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
}, 120_000);
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await server.remove();
}, 60_000);

interface Around {
  /** When the person has had enough. */
  readonly interrupted?: () => Promise<void>;
  readonly progress?: string[];
}

/** One command line. */
async function daybook(line: string, { interrupted = quiet.interrupted, progress = [] }: Around = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const around = {
    ...quiet,
    env: { EVENT_STORE_URL: server.url, READ_STORE_URL: server.url },
    user: 'ada',
    print: (text: string) => void out.push(text),
    showProgress: (text: string) => void progress.push(text),
    interrupted,
  };
  const code = await run(line.split(' '), around, (text) => void err.push(text));
  return { code, out, err, progress };
}

/** What a projector does for the third build of `loan_applications`, on a log of 30 events. */
async function startThirdBuild() {
  const store = await openEventStore({ url: server.url, log: silent });
  const rows = connectPostgresReadStore({ url: server.url, log: silent });
  for (const event of recordedEvents(...Array.from({ length: 30 }, (_, n) => requested(String(n))))) {
    await store.append(event.streamId, 'no-stream', [event]);
  }
  const projection = { ...loanApplications, build: 3 };
  await store.subscribe({
    group: groupOfProjection(projection),
    context: 'loans',
    handle: (events) => applyProjection(projection, events, { rows, store }),
  });
  const parts = { builds: rows.builds, store, clock: systemClock, log: silent };
  const switching = followBuilds(rows.builds, parts, async (all, signal) => {
    for (const build of all)
      if (build.build === 3 && build.state === 'building') await switchWhenCaughtUp(build, parts, signal);
  });
  opened.push({ close: () => switching.stop().then(() => store.close()) }, rows);
}

function requested(loan_application_uuid: string) {
  const data = { loan_application_uuid, amount: 700, duration: 6 };
  return [`loans-LoanRequest-${loan_application_uuid}`, { type: 'LoanRequested', data }] as const;
}

test('begun, watched, left, abandoned, and seen through to the end', async () => {
  expect(await daybook('projections rebuild loan_applications --detach')).toMatchObject({
    code: 0,
    out: ['loan_applications.v1.b2 is being built'],
  });
  const again = await daybook('projections rebuild loan_applications');
  expect([again.code, again.err]).toEqual([
    1,
    [
      "error: loan_applications.v1.b2 is being built already: 0 of 0 events; 'daybook projections watch loan_applications' shows it",
    ],
  ]);
  const left = await daybook('projections watch loan_applications', { interrupted: () => Promise.resolve() });
  expect([left.code, left.out.at(-1)]).toEqual([
    0,
    "loan_applications.v1.b2 goes on being built; 'daybook projections watch loan_applications' shows it again",
  ]);
  expect((await daybook('projections abandon loan_applications')).code).toBe(0);
  expect((await daybook('projections abandon loan_applications')).err).toEqual([
    'error: loan_applications is not being built',
  ]);

  await startThirdBuild();
  const seen = await daybook('projections rebuild loan_applications');
  expect(seen.out.at(-1)).toMatch(/^loan_applications\.v1\.b3 is live: 30 of 30 events in \d+ s, \d+ events\/s$/);
  expect(seen.progress.at(-1)).toMatch(/100 % {2}30 of 30 events .*0 remain/);
  const list = (await daybook('projections list')).out.map((line) => line.split(/ {2,}/).slice(0, 7));
  expect(list[0]).toEqual(['PROJECTION', 'VERSION', 'BUILD', 'STATE', 'POSITION', 'LAG', 'SET ASIDE']);
  expect(list).toContainEqual(['loan_applications', 'v1', '3', 'live', '30', '0', '0']);
  expect(list).toContainEqual(['loan_applications', 'v1', '2', 'abandoned', '0', '-', '0']);
}, 60_000);

test('one that is given up while it is watched', async () => {
  const rows = connectPostgresReadStore({ url: server.url, log: silent });
  opened.push(rows);
  // A version that no projector here knows.
  const raised = { ...loanApplications, version: 9 };
  await createReadModels({ url: server.url, contexts: [{ name: 'loans', projections: [raised] }], log: silent });
  const progress: string[] = [];
  const watching = daybook('projections watch loan_applications', { progress });
  await eventually('it is watched', () => progress.length > 0);
  await rows.builds.abandon('loan_applications');
  expect(await watching).toMatchObject({
    code: 1,
    err: ['error: loan_applications.v9 was given up before it went live'],
  });
}, 60_000);

test.each([
  ['projections rebuild nothing', /no projection 'nothing'; there are .*loan_applications/],
  ['projections watch review_queue', /review_queue is not being built; 'daybook projections list' shows all/],
])('%s: one line that says what to do', async (line, said) => {
  const { code, err } = await daybook(line);
  expect([code, err.length]).toEqual([1, 1]);
  expect(err[0]).toMatch(said);
});
