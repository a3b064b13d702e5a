import { buildNameOf, type EventStore, silent } from '@daybook/core';
import { loanApplications, loanFacts } from '@daybook/loans';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { eventually } from '@daybook/test-support';
import { PATIENCE_MS } from './await-rows.ts';
import { fill } from './fill.ts';
import type { Rebuilt } from './system-under-test.ts';

/** The system, as far as building needs it. */
interface System {
  readonly store: EventStore;
  readonly postgresUrl: string;
  caughtUp(): Promise<void>;
}

/**
 * Builds a read model anew, as `daybook projections rebuild` does, beside the one that answers, by the projector that runs.
 * The log is filled first where it has no events.
 * @returns seconds, from the beginning until the new one answers
 */
export async function rebuild(system: System, readModel: Rebuilt, events: number): Promise<number> {
  const { store, postgresUrl } = system;
  if ((await store.readFeed('loans', 0, 1)).length === 0) {
    await fill(store, events);
    await system.caughtUp();
  }
  const { builds, close } = connectPostgresReadStore({ url: postgresUrl, log: silent });
  try {
    const projection = readModel === 'loan_facts' ? loanFacts : loanApplications;
    const began = performance.now();
    const { build } = await builds.begin('loans', projection);
    const name = buildNameOf(build);
    await eventually(
      `${name} is live`,
      async () => (await builds.list()).some((one) => buildNameOf(one) === name && one.state === 'live'),
      PATIENCE_MS,
    );
    return (performance.now() - began) / 1000;
  } finally {
    await close();
  }
}
