import {
  applyProjection,
  type BoundedContext,
  type Clock,
  type CommandBus,
  type CommandMessage,
  deadlineRows,
  type EventStore,
  type GroupSubscription,
  groupOfDeadline,
  groupOfProcessManager,
  type Log,
  marksOfRows,
  ownOf,
  type ReadStore,
  react,
  recordedTypesOf,
  type Subscription,
  watchDeadlines,
} from '@daybook/core';

/** What the service works with. */
export interface ProcessManagerDependencies {
  readonly contexts: readonly BoundedContext[];
  readonly store: EventStore;
  /** Where deadlines are kept. */
  readonly rows: ReadStore;
  readonly bus: CommandBus;
  readonly clock: Clock;
  readonly log: Log;
  /** Of all deadlines, by variable; others may be among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Milliseconds between two looks for commands that are due. */
  readonly deadlinePollMs: number;
}

/**
 * Sends the follow-up commands of every process manager, and those of every deadline when their time has come;
 * each a group of its own. @throws Unavailable
 */
export async function startProcessManagers(parts: ProcessManagerDependencies): Promise<GroupSubscription> {
  const { contexts, store, rows, bus, settings, deadlinePollMs } = parts;
  const publish = (command: CommandMessage) => bus.publish(command);
  const started: Subscription[] = [];
  const groups: GroupSubscription[] = [];
  for (const { name: context, aggregates, processManagers, deadlines } of contexts) {
    for (const manager of processManagers) {
      const subscription = await store.subscribe({
        group: groupOfProcessManager(manager),
        context,
        types: manager.reactsTo,
        handle: (events) => react(context, manager, events, publish),
      });
      groups.push(subscription);
    }
    for (const deadline of deadlines) {
      const table = deadlineRows(deadline, settings);
      const subscription = await store.subscribe({
        group: groupOfDeadline(deadline),
        context,
        types: recordedTypesOf(aggregates.filter(({ name }) => ownOf(deadline.folds, name) !== undefined)),
        handle: (events, marks) => applyProjection(table, events, { rows, store }, marks),
        marks: marksOfRows(rows, table),
      });
      groups.push(subscription);
      started.push(watchDeadlines({ ...parts, context, name: deadline.name, table, publish }, deadlinePollMs));
    }
  }
  return {
    async check() {
      for (const group of groups) await group.check();
    },
    async stop() {
      await Promise.all([...groups, ...started].map((one) => one.stop()));
    },
  };
}
