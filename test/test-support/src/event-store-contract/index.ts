import { appendCases } from './append-cases.ts';
import { deadlineCases, restartCases } from './fault-cases.ts';
import { groupCases } from './group-cases.ts';
import type { ContractCase } from './harness.ts';
import { parkedCases } from './parked-cases.ts';
import { feedCases, readCases } from './read-cases.ts';

export {
  type ContractCase,
  type EventStoreHarness,
  freshContext,
  type KillableConsumerOptions,
  nameOf,
  newEvents,
} from './harness.ts';

const sections = {
  append: appendCases,
  read: readCases,
  feed: feedCases,
  group: groupCases,
  parked: parkedCases,
  deadline: deadlineCases,
  restart: restartCases,
};

/** Everything that an adapter of the event-store port must do, whatever it stands on. */
export const eventStoreContract: readonly ContractCase[] = Object.entries(sections).flatMap(([section, cases]) =>
  cases.map((one) => ({ section, ...one })),
);
