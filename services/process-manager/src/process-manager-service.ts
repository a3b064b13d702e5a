import {
  applyProjection,
  type BoundedContext,
  type Clock,
  type CommandBus,
  type CommandMessage,
  type ConsumerHost,
  consumeFeed,
  deadlineRows,
  type EventStore,
  type GroupSubscription,
  groupOfDeadline,
  groupOfProcessManager,
  type Log,
  marksOfRows,
  ownOf,
  type ReadStore,
  type RunningConsumer,
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
  /** Where process managers with a state keep their instances. */
  readonly consumerHost: ConsumerHost;
  readonly clock: Clock;
  readonly log: Log;
  /** Of all deadlines, by variable; others may be among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Milliseconds between two looks for commands that are due. */
  readonly deadlinePollMs: number;
}

/**
 * Sends the follow-up commands of every process manager, and those of every deadline when their time has come;
 * each a group of its own. Of those with a state one process at a time has each. @throws Unavailable
 */
export async function startProcessManagers(parts: ProcessManagerDependencies): Promise<GroupSubscription> {
  const { contexts, store, rows, bus, settings, deadlinePollMs } = parts;
  const publish = (command: CommandMessage) => bus.publish(command);
  const started: Subscription[] = [];
  const groups: GroupSubscription[] = [];
  const remembering = startStateful(parts, publish);
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
      for (const one of [...groups, ...remembering]) await one.check();
    },
    async stop() {
      await Promise.all([...groups, ...started, ...remembering].map((one) => one.stop()));
    },
  };
}

function startStateful(
  { contexts, store, consumerHost, clock, log }: ProcessManagerDependencies,
  publish: (command: CommandMessage) => Promise<void>,
): readonly RunningConsumer[] {
  return contexts.flatMap(({ name: context, statefulProcessManagers }) =>
    statefulProcessManagers.map((manager) =>
      consumeFeed({
        consumer: consumerHost.bindProcessManager(context, manager, publish),
        hold: (name, signal) => consumerHost.hold(name, signal),
        store,
        clock,
        log,
      }),
    ),
  );
}
