import { groupOfProjection } from '@daybook/core';
import { loanApplications, loans } from '@daybook/loans';
import { eventually } from '@daybook/test-support';
import { appendLongLog } from './long-log.ts';
import { daybook, expectFoldOfTheLog, listedBuilds, quietWith } from './read-models.ts';
import { startSteadyLoad } from './steady-load.ts';
import { startTestSystem, type TestSystem } from './system.ts';

const EVENTS = 200_000;
const COMMANDS_PER_SECOND = 200;
/** Every so manieth loan is approved: two mails for each. */
const WHOLE_EVERY = 20;
const PATIENCE_MS = 240_000;

const rebuilt = groupOfProjection({ ...loanApplications, build: 2 });
let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem({ projectors: 2, settings: { BUILD_KEEP_MS: '500' } });
  const count = await appendLongLog(system.store, EVENTS, WHOLE_EVERY);
  expect(count).toBeGreaterThanOrEqual(EVENTS);
  const groups = loans.projections.map(groupOfProjection);
  await eventually('side effects are done, and the rows are there', quietWith(system, groups), PATIENCE_MS);
}, 300_000);

afterAll(() => system?.stop(), 60_000);

async function mailsCaught(): Promise<number> {
  return ((await (await fetch(system.mailsUrl)).json()) as unknown[]).length;
}

async function killAProjector(): Promise<void> {
  const projector = system.services.find(({ name }) => name === 'projector');
  if (projector === undefined) throw new Error('no projector');
  const { restarts } = projector;
  projector.kill('SIGKILL');
  await eventually('it was started again', () => projector.restarts > restarts);
}

test(`${EVENTS} events are folded anew while ${COMMANDS_PER_SECOND} commands a second arrive and a projector is killed`, async () => {
  const mails = await mailsCaught();
  expect(mails).toBe(2 * (EVENTS / 50 / WHOLE_EVERY));
  const endLoad = await startSteadyLoad(system, COMMANDS_PER_SECOND);
  const rebuilding = daybook(system, 'projections', 'rebuild', 'loan_applications');
  const wellUnderWay = async () => {
    const { done, head } = await system.store.groupProgress(rebuilt, 'loans');
    return done > head / 4;
  };
  await eventually('it is well under way', wellUnderWay, PATIENCE_MS);
  expect(await listedBuilds(system)).toEqual(['v1 1 live', 'v1 2 building']);
  await killAProjector();
  const said = (await rebuilding).trim().split('\n').at(-1);
  const { commands, seconds, reads, wrong } = await endLoad();
  console.log(`${said}; meanwhile ${Math.round(commands / seconds)} commands/s, ${reads} reads, ${wrong.length} wrong`);
  expect(wrong).toEqual([]);
  expect(said).toMatch(/loan_applications\.v1\.b2 is live: .* events\/s/);

  await eventually('all is folded', quietWith(system, [rebuilt]), PATIENCE_MS);
  await expectFoldOfTheLog(system, loanApplications);
  await eventually('the former build is gone', async () => (await listedBuilds(system)).join() === 'v1 2 live');
  expect((await system.store.groupProgress(groupOfProjection(loanApplications), 'loans')).done).toBe(0);
  expect(await mailsCaught()).toBe(mails);
}, 300_000);
