import {
  advanceInstances,
  type CommandMessage,
  type FeedConsumer,
  instancesOf,
  type ProcessInstance,
  type SqlTransaction,
  type StatefulProcessManager,
  Unavailable,
} from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { bindConsumer } from './consumer-checkpoints.ts';

/** Where process managers with a state keep their instances, and from which position on each of them acts. */
export const CREATE_PROCESS_MANAGERS = [
  `create table if not exists daybook.process_managers (
    name text not null,
    version integer not null,
    context text not null,
    acts_after bigint not null, -- events at this position of the feed, and before it, only count for the state
    primary key (name, version)
  )`,
  `create table if not exists daybook.process_instances (
    name text not null,
    version integer not null,
    id text collate "C" not null,
    state json not null,
    is_over boolean not null,
    started_at timestamptz not null,
    event_id text not null, -- of the last event that it was told of
    event_type text not null,
    position bigint not null,
    recorded_at timestamptz not null,
    primary key (name, version, id)
  )`,
  `create index if not exists process_instances_open
     on daybook.process_instances (name, version, recorded_at) where not is_over`,
];

/** The name under which a process manager is kept apart from its like in other processes, and has its checkpoint. */
export function consumerOfManager({ name }: Pick<StatefulProcessManager, 'name'>): string {
  return `process-manager.${name}`;
}

/** A process manager as a consumer that keeps its instances and its checkpoint in one transaction. */
export function bindProcessManager(
  database: Database,
  context: string,
  manager: StatefulProcessManager,
  publish: (command: CommandMessage) => Promise<void>,
): FeedConsumer {
  const { version, reactsTo: types } = manager;
  return bindConsumer(database, {
    name: consumerOfManager(manager),
    version,
    context,
    types,
    create: '',
    async handle(events, tx) {
      const actsAfter = await positionToActAfter(tx, manager);
      const before = await loadInstances(tx, manager, instancesOf(manager, events));
      const { changed, commands } = advanceInstances(context, manager, events, { before, actsAfter });
      await Promise.all(commands.map(publish));
      await saveInstances(tx, manager, [...changed.values()]);
    },
  });
}

async function positionToActAfter(tx: SqlTransaction, { name, version }: StatefulProcessManager): Promise<number> {
  const [stored] = await tx.query<{ acts_after: number }>(
    'select acts_after from daybook.process_managers where name = $1 and version = $2',
    [name, version],
  );
  if (stored !== undefined) return stored.acts_after;
  throw new Unavailable(
    'Postgres',
    `it knows no version ${version} of the process manager ${name}`,
    "run 'daybook migrate' with this version of the app",
  );
}

interface StoredInstance {
  readonly id: string;
  readonly state: string;
  readonly is_over: boolean;
  readonly started_at: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly position: number;
  readonly recorded_at: string;
}

async function loadInstances(
  tx: SqlTransaction,
  { name, version }: StatefulProcessManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ProcessInstance>> {
  const stored = await tx.query<StoredInstance>(
    `select id, state::text as state, is_over, started_at, event_id, event_type, position, recorded_at
     from daybook.process_instances where name = $1 and version = $2 and id = any($3::text[])`,
    [name, version, ids],
  );
  return new Map(stored.map((one) => [one.id, instanceFrom(one)]));
}

/** An instance, and whose it is. */
export interface ListedInstance extends ProcessInstance {
  readonly processManager: string;
  readonly version: number;
}

/** Which instances to list. */
export interface InstanceFilter {
  /** The name of the process manager; all when left out. */
  readonly processManager?: string | undefined;
  /** Also those that have ended. */
  readonly ended: boolean;
  readonly limit: number;
}

/** Where processes stand, those that have waited longest first. */
export async function listInstances(
  database: Database,
  { processManager, ended, limit }: InstanceFilter,
): Promise<readonly ListedInstance[]> {
  const stored = await database.query<StoredInstance & { name: string; version: number }>({
    text: `select name, version, id, state::text as state, is_over, started_at, event_id, event_type, position, recorded_at
           from daybook.process_instances
           where ($1::text is null or name = $1) and ($2 or not is_over)
           order by recorded_at, id limit $3`,
    values: [processManager ?? null, ended, limit],
  });
  return stored.map((one) => ({ processManager: one.name, version: one.version, ...instanceFrom(one) }));
}

function instanceFrom(stored: StoredInstance): ProcessInstance {
  const { id, state, is_over, started_at, event_id, event_type, position, recorded_at } = stored;
  const last = { id: event_id, type: event_type, position, recordedAt: recorded_at };
  return { id, state: JSON.parse(state), isOver: is_over, startedAt: started_at, last };
}

async function saveInstances(
  tx: SqlTransaction,
  { name, version }: StatefulProcessManager,
  instances: readonly ProcessInstance[],
): Promise<void> {
  if (instances.length === 0) return;
  const rows = instances.map(({ id, state, isOver, startedAt, last }) => ({
    id,
    state,
    is_over: isOver,
    started_at: startedAt,
    event_id: last.id,
    event_type: last.type,
    position: last.position,
    recorded_at: last.recordedAt,
  }));
  await tx.query(
    `insert into daybook.process_instances
       (name, version, id, state, is_over, started_at, event_id, event_type, position, recorded_at)
     select $1, $2, r.id, r.state, r.is_over, r.started_at, r.event_id, r.event_type, r.position, r.recorded_at
     from json_to_recordset($3::json) as r(id text, state json, is_over boolean, started_at timestamptz, event_id text,
       event_type text, position bigint, recorded_at timestamptz)
     on conflict (name, version, id) do update set state = excluded.state, is_over = excluded.is_over,
       event_id = excluded.event_id, event_type = excluded.event_type, position = excluded.position,
       recorded_at = excluded.recorded_at`,
    [name, version, JSON.stringify(rows)],
  );
}
