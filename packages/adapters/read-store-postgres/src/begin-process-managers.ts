import type { BoundedContext, Log } from '@daybook/core';
import { connectDatabase } from '@daybook/postgres';
import { consumerOfManager } from './process-instances.ts';

/** Milliseconds. */
const DEADLINE_MS = 30_000;

/**
 * Writes down from where on each process manager acts, where that is not known yet: a new one by its `from`, a raised
 * version from where the version before is. A one-shot after `createConsumers`, run before the services start.
 * @param headOf the last position of a context's feed
 * @throws Unavailable
 */
export async function beginProcessManagers({
  url,
  contexts,
  headOf,
  log,
}: {
  readonly url: string;
  readonly contexts: readonly BoundedContext[];
  readonly headOf: (context: string) => Promise<number>;
  readonly log: Log;
}): Promise<void> {
  const database = connectDatabase({ url, applicationName: 'daybook migrate', log, deadlineMs: DEADLINE_MS });
  try {
    for (const { name: context, statefulProcessManagers } of contexts) {
      for (const manager of statefulProcessManagers) {
        const { name, version, from = 'now' } = manager;
        const known = await database.query({
          text: 'select from daybook.process_managers where name = $1 and version = $2',
          values: [name, version],
        });
        if (known.length > 0) continue;
        const [former] = await database.query<{ position: number }>({
          text: 'select position from daybook.consumers where name = $1 and version < $2 order by version desc limit 1',
          values: [consumerOfManager(manager), version],
        });
        const actsAfter = former?.position ?? (from === 'now' ? await headOf(context) : 0);
        await database.query({
          text: `insert into daybook.process_managers (name, version, context, acts_after)
                 values ($1, $2, $3, $4) on conflict do nothing`,
          values: [name, version, context, actsAfter],
        });
        log.info({ process_manager: name, version, context, acts_after: actsAfter }, 'process manager begins');
      }
    }
  } finally {
    await database.close();
  }
}
