import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { foldRows, groupOfEventHandler, groupOfProcessManager, type Projection, type Row } from '@daybook/core';
import { loans } from '@daybook/loans';
import type { TestSystem } from './system.ts';

/** Groups other than those of the projections, which a rebuild must leave alone. */
const others = [...loans.eventHandlers.map(groupOfEventHandler), ...loans.processManagers.map(groupOfProcessManager)];

/** Whether nothing is left to do for the side effects, and for some more groups. */
export function quietWith({ store }: TestSystem, groups: readonly string[]) {
  return async (): Promise<boolean> => {
    const all = await Promise.all([...others, ...groups].map((group) => store.groupProgress(group, 'loans')));
    return all.every(({ done, head }) => done === head);
  };
}

/** The command line, as a person has it. @returns what it prints */
export async function daybook({ env }: TestSystem, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['packages/runtime/cli/dist/main.js', ...args], {
    env: { ...process.env, ...env },
  });
  return stdout;
}

/** The builds of `loan_applications`, as `v1 2 live`. */
export async function listedBuilds(system: TestSystem): Promise<string[]> {
  const lines = (await daybook(system, 'projections', 'list', '--json')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ projection }) => projection === 'loan_applications')
    .map(({ version, build, state }) => `v${String(version)} ${String(build)} ${String(state)}`);
}

/** Every row of `loan_applications` as the query API has it, and the version that answered last. */
async function allRows({ queryUrl }: TestSystem): Promise<{ version: string | null; rows: Map<unknown, Row> }> {
  const rows = new Map<unknown, Row>();
  let version: string | null = null;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await fetch(`${queryUrl}/loans/loan-applications?${query}`);
    expect(answer.status).toBe(200);
    version = answer.headers.get('daybook-projection');
    const page = (await answer.json()) as { items: Row[]; next: string | null };
    for (const row of page.items) rows.set(row.loan_application_uuid, row);
    cursor = page.next;
  }
  return { version, rows };
}

/** Every row that the query API has is the fold of the log, and none is missing. */
export async function expectFoldOfTheLog(system: TestSystem, projection: Projection): Promise<void> {
  const { version, rows } = await allRows(system);
  expect(version).toBe(`loan_applications.v${projection.version}`);
  const folded = foldRows(projection, await system.feed());
  const wrong = [...folded].filter(([id, [row]]) => text(row) !== text(rows.get(id)));
  expect([wrong.slice(0, 3), rows.size]).toEqual([[], folded.size]);
}

/** Thousands of rows are faster to compare than by `toEqual`. */
function text(row: Row | undefined): string {
  return JSON.stringify(Object.entries(row ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)));
}
