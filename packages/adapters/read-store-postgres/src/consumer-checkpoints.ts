import { Fault, type FeedConsumer, type SqlConsumer, type SqlTransaction } from '@daybook/core';
import { type Database, writtenByApp } from '@daybook/postgres';

/** Where each version of each consumer in SQL is. */
export const CREATE_CHECKPOINTS = [
  'create schema if not exists daybook',
  `create table if not exists daybook.consumers (
    name text not null,
    version integer not null,
    context text not null,
    position bigint not null, -- of the last event handled, in the feed of the context
    updated_at timestamptz not null default now(),
    primary key (name, version)
  )`,
];

/** Somebody else has moved the checkpoint: what was read after it is not what comes next. */
class CheckpointMoved extends Fault {
  constructor(name: string) {
    super('checkpoint_moved', 'reload', `the checkpoint of the consumer '${name}' was moved by somebody else`);
  }
}

/** A consumer in SQL as one that keeps its checkpoint in the same transaction as what it writes. */
export function bindConsumer(database: Database, consumer: SqlConsumer): FeedConsumer {
  const { name, version, context, types } = consumer;
  const key = [name, version];
  /** What this process believes to be stored. */
  let expected: number | undefined;
  return {
    name: `${name}.v${version}`,
    context,
    ...(types === undefined ? {} : { types }),
    checkpoint: {
      async load() {
        expected = await loadPosition(database, consumer);
        return expected;
      },
    },
    async handle(events, position) {
      await database.transaction(async (query) => {
        const [stored] = await query<{ position: number }>({
          text: 'select position from daybook.consumers where name = $1 and version = $2 for update',
          values: key,
        });
        if (stored === undefined || stored.position !== expected) throw new CheckpointMoved(name);
        if (events.length > 0) await withTransaction(query, (tx) => consumer.handle(events, tx));
        await query({
          text: 'update daybook.consumers set position = $3, updated_at = now() where name = $1 and version = $2',
          values: [...key, position],
        });
      });
      expected = position;
    },
  };
}

/** @throws Unavailable; Error when the checkpoint was another context's */
async function loadPosition(database: Database, { name, version, context }: SqlConsumer): Promise<number> {
  await database.query({
    text: 'insert into daybook.consumers (name, version, context, position) values ($1, $2, $3, 0) on conflict do nothing',
    values: [name, version, context],
  });
  const [stored] = await database.query<{ context: string; position: number }>({
    text: 'select context, position from daybook.consumers where name = $1 and version = $2',
    values: [name, version],
  });
  if (stored === undefined) throw new CheckpointMoved(name);
  if (stored.context === context) return stored.position;
  throw new Error(
    `version ${version} of the consumer '${name}' has a checkpoint in the context '${stored.context}': ` +
      `raise its version to start over in '${context}'`,
  );
}

/** Hands out the transaction, and takes it back: what comes after the batch must not run outside of it. */
async function withTransaction(query: Database['query'], work: (tx: SqlTransaction) => Promise<void>): Promise<void> {
  let over = false;
  try {
    await work({
      async query<Row extends object>(text: string, values: readonly unknown[] = []) {
        if (over) throw new Error("the transaction of this batch is over: await every tx.query in 'handle'");
        return writtenByApp(() => query<Row>({ text, values }));
      },
    });
  } finally {
    over = true;
  }
}
