import autocannon from 'autocannon';
import { awaitRows } from './await-rows.ts';
import type { PipelineBenchmark } from './benchmark.ts';
import type { Figure } from './figures.ts';
import { idsOf, newLoans } from './loans.ts';

const ROWS = 2000;
const CONNECTIONS = 32;

/** The read API under load. */
export const queries: PipelineBenchmark = {
  name: 'queries',
  what: `the read API over HTTP, ${CONNECTIONS} connections`,
  of: 'pipeline',
  async run(system, { quick }) {
    const publisher = await system.connectPublisher();
    const requests = newLoans(ROWS);
    await publisher.closed(requests, 64);
    await publisher.close();
    const ids = idsOf(requests);
    await awaitRows(system, ids);
    const { url, byId, list, asOfNow } = await system.queries();
    const duration = quick ? 2 : 5;
    return [
      ...(await measure('by id', url, ids.map(byId), duration)),
      ...(await measure('list of 20', url, [list], duration)),
      ...(await measure('as of now', url, ids.map(asOfNow), duration)),
    ];
  },
};

async function measure(name: string, url: string, paths: readonly string[], duration: number): Promise<Figure[]> {
  const requests = paths.map((path) => ({ method: 'GET' as const, path }));
  const {
    requests: rate,
    latency,
    non2xx,
    errors,
  } = await autocannon({ url, duration, connections: CONNECTIONS, requests });
  if (non2xx + errors > 0) throw new Error(`${name}: ${non2xx} answers were not 2xx, ${errors} requests failed`);
  return [
    { name, unit: 'requests/s', value: rate.average },
    { name: `${name} p99`, unit: 'ms', value: latency.p99 },
  ];
}
