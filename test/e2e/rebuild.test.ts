import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  boundedContext,
  foldRows,
  groupOfEventHandler,
  groupOfProcessManager,
  groupOfProjection,
  type Projection,
  type Row,
  type RowProjection,
  silent,
  systemClock,
} from '@daybook/core';
import { LoanApplication, loanApplications, loans } from '@daybook/loans';
import { startProjector } from '@daybook/projector';
import { connectPostgresReadStore, createReadModels } from '@daybook/read-store-postgres';
import { eventually } from '@daybook/testing';
import { z } from 'zod';
import { appendLongLog } from './long-log.ts';
import { startSteadyLoad } from './steady-load.ts';
import { startTestSystem, type TestSystem } from './system.ts';

const EVENTS = 200_000;
const COMMANDS_PER_SECOND = 200;
/** Every so manieth loan is approved: two mails for each. */
const WHOLE_EVERY = 20;
const PATIENCE_MS = 240_000;

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem({ projectors: 2, settings: { BUILD_KEEP_MS: '500' } });
  const count = await appendLongLog(system.store, EVENTS, WHOLE_EVERY);
  expect(count).toBeGreaterThanOrEqual(EVENTS);
  await eventually(
    'side effects are done, and the rows are there',
    quietWith(loans.projections.map(groupOfProjection)),
    PATIENCE_MS,
  );
}, 300_000);

afterAll(() => system?.stop(), 60_000);

/** Groups other than those of the projections, which a rebuild must leave alone. */
const others = [...loans.eventHandlers.map(groupOfEventHandler), ...loans.processManagers.map(groupOfProcessManager)];

/** Whether nothing is left to do for the side effects, and for some more groups. */
function quietWith(groups: readonly string[]) {
  return async () => {
    const all = await Promise.all([...others, ...groups].map((group) => system.store.groupProgress(group, 'loans')));
    return all.every(({ done, head }) => done === head);
  };
}

async function mailsCaught(): Promise<number> {
  return ((await (await fetch(system.mailsUrl)).json()) as unknown[]).length;
}

/** The command line, as a person has it. */
async function daybook(...args: string[]): Promise<string> {
  const env = { ...process.env, ...system.env };
  const { stdout } = await promisify(execFile)(process.execPath, ['packages/cli/dist/main.js', ...args], { env });
  return stdout;
}

async function builds(): Promise<string[]> {
  const lines = (await daybook('projections', 'list', '--json')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ projection }) => projection === 'loan_applications')
    .map(({ version, build, state }) => `v${String(version)} ${String(build)} ${String(state)}`);
}

/** Every row as the query API has it, with the version that answered. */
async function allRows(): Promise<{ version: string | null; rows: Map<unknown, Row> }> {
  const rows = new Map<unknown, Row>();
  let version: string | null = null;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = `limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await fetch(`${system.queryUrl}/loans/loan-applications?${query}`);
    expect(answer.status).toBe(200);
    version = answer.headers.get('daybook-projection');
    const page = (await answer.json()) as { items: Row[]; next: string | null };
    for (const row of page.items) rows.set(row.loan_application_uuid, row);
    cursor = page.next;
  }
  return { version, rows };
}

async function expectFoldOfTheLog(projection: Projection): Promise<void> {
  const { version, rows } = await allRows();
  expect(version).toBe(`loan_applications.v${projection.version}`);
  const folded = foldRows(projection, await system.feed());
  const wrong = [...folded].filter(
    ([id, [row]]) => JSON.stringify(sorted(row)) !== JSON.stringify(sorted(rows.get(id))),
  );
  expect([wrong.slice(0, 3), rows.size]).toEqual([[], folded.size]);
}

const sorted = (row: Row | undefined) => Object.entries(row ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));

async function killAProjector(): Promise<void> {
  const projector = system.services.find(({ name }) => name === 'projector');
  const { restarts } = projector ?? {};
  projector?.kill('SIGKILL');
  await eventually('it was started again', () => (projector?.restarts ?? 0) > (restarts ?? 0));
}

test(`${EVENTS} events are folded anew while ${COMMANDS_PER_SECOND} commands a second arrive and a projector is killed`, async () => {
  const mails = await mailsCaught();
  expect(mails).toBe(2 * (EVENTS / 50 / WHOLE_EVERY));
  const endLoad = await startSteadyLoad(system, COMMANDS_PER_SECOND);
  const rebuilding = daybook('projections', 'rebuild', 'loan_applications');
  const group = groupOfProjection({ ...loanApplications, build: 2 });
  await eventually('it is well under way', async () => {
    const { done, head } = await system.store.groupProgress(group, 'loans');
    return done > head / 4;
  });
  expect(await builds()).toEqual(['v1 1 live', 'v1 2 building']);
  await killAProjector();
  const said = await rebuilding;
  const { commands, seconds, reads, wrong } = await endLoad();
  console.log(
    `${said.trim().split('\n').at(-1)}; meanwhile ${Math.round(commands / seconds)} commands/s, ${reads} reads, ${wrong.length} wrong`,
  );
  expect(wrong).toEqual([]);
  expect(said).toMatch(/loan_applications\.v1\.b2 is live: .* events\/s/);

  await eventually('all is folded', quietWith([group]), PATIENCE_MS);
  await expectFoldOfTheLog(loanApplications);
  await eventually('the former build is gone', async () => (await builds()).join() === 'v1 2 live');
  expect((await system.store.groupStatus(groupOfProjection(loanApplications), 'loans')).lag).toBeGreaterThan(EVENTS);
  expect(await mailsCaught()).toBe(mails);
}, 300_000);

/** The read models of the loans of a later release: the version is raised, and a row has one column more. */
function laterRelease() {
  const { row: _, combine, ...same } = loanApplications as RowProjection;
  const raised: RowProjection = {
    ...same,
    version: 2,
    row: LoanApplication.extend({ large: z.boolean() }),
    combine(id, parts) {
      const row = combine(id, parts);
      return row && { ...row, large: Number(row.amount) > 700 };
    },
  };
  return { raised, context: boundedContext({ name: 'loans', aggregates: [], projections: [raised] }) };
}

test('a raised version: the former answers until the new one takes over, also where services do not know it yet', async () => {
  const { raised, context } = laterRelease();
  const url = system.env.READ_STORE_URL ?? '';
  const rows = connectPostgresReadStore({ url, log: silent });
  const endLoad = await startSteadyLoad(system, COMMANDS_PER_SECOND);
  await createReadModels({ url, contexts: [context], log: silent });
  expect(await builds()).toEqual(['v1 2 live', 'v2 1 building']);
  expect((await fetch(`${system.queryUrl}/loans/loan-applications?limit=1`)).headers.get('daybook-projection')).toBe(
    'loan_applications.v1',
  );
  const parts = {
    contexts: [context],
    store: system.store,
    rows,
    builds: rows.builds,
    clock: systemClock,
    log: silent,
  };
  const projector = startProjector(parts);
  try {
    await eventually('it is live', async () => (await builds()).includes('v2 1 live'), PATIENCE_MS);
    const { wrong } = await endLoad();
    expect(wrong).toEqual([]);
    await eventually('all is folded', quietWith([groupOfProjection(raised)]), PATIENCE_MS);
    await expectFoldOfTheLog(raised);
  } finally {
    await projector.stop();
    await rows.close();
  }
}, 300_000);
