import { boundedContext, groupOfProjection, type RowProjection, silent, systemClock } from '@daybook/core';
import { LoanApplication, loanApplications } from '@daybook/loans';
import { startProjector } from '@daybook/projector';
import { connectPostgresReadStore, createReadModels } from '@daybook/read-store-postgres';
import { eventually } from '@daybook/test-support';
import { z } from 'zod';
import { appendLongLog } from './long-log.ts';
import { expectFoldOfTheLog, listedBuilds, quietWith } from './read-models.ts';
import { startSteadyLoad } from './steady-load.ts';
import { startTestSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 120_000;

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
  await appendLongLog(system.store, 20_000, 20);
}, 180_000);

afterAll(() => system?.stop(), 60_000);

/** The read models of the loans in a later release: the version is raised, and a row has one column more. */
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

test('a raised version: the former answers until the new one takes over, also from services that do not know it', async () => {
  const { raised, context } = laterRelease();
  const url = system.env.READ_STORE_URL ?? '';
  const rows = connectPostgresReadStore({ url, log: silent });
  const { builds } = rows;
  const endLoad = await startSteadyLoad(system, 100);
  await createReadModels({ url, contexts: [context], log: silent });
  expect(await listedBuilds(system)).toEqual(['v1 1 live', 'v2 1 building']);
  const answer = await fetch(`${system.queryUrl}/loans/loan-applications?limit=1`);
  expect(answer.headers.get('daybook-projection')).toBe('loan_applications.v1');

  const parts = { contexts: [context], store: system.store, rows, builds, clock: systemClock, log: silent };
  const projector = startProjector(parts);
  try {
    const isLive = async () => (await builds.list()).some(({ version, state }) => version === 2 && state === 'live');
    await eventually('it is live', isLive, PATIENCE_MS);
    const { wrong } = await endLoad();
    expect(wrong).toEqual([]);
    await eventually('all is folded', quietWith(system, [groupOfProjection(raised)]), PATIENCE_MS);
    await expectFoldOfTheLog(system, raised);
  } finally {
    await projector.stop();
    await rows.close();
  }
}, 180_000);
