import { eventually } from '@daybook/test-support';
import type { SystemUnderTest } from './system-under-test.ts';

/** Longer than anything takes that is not broken, milliseconds. */
export const PATIENCE_MS = 300_000;
/** So many of the last loans are looked for before all are: looking is work, too. */
const LAST = 100;

/** Waits until all these loans have their rows; only `submitted` ones count, if asked. Looks every 25 ms. */
export async function awaitRows(system: SystemUnderTest, ids: readonly string[], only?: 'submitted'): Promise<void> {
  const last = ids.slice(-LAST);
  const have = async (some: readonly string[]) => (await system.rowsOf(some, only)) === some.length;
  await eventually(
    `${ids.length} loans have their rows`,
    async () => (await have(last)) && (await have(ids)),
    PATIENCE_MS,
  );
}
