import type { FaultPlan } from '../faults/faults.ts';
import type { Consumer } from '../persistent/consumer.ts';
import type { Group } from '../persistent/group.ts';
import type { Groups } from '../persistent/groups.ts';
import type { CommandName } from '../protocol/commands.ts';
import type { Requests } from '../protocol/requests.ts';
import type { RecentIds } from '../store/append.ts';
import type { EventStore } from '../store/event-store.ts';
import type { Connection } from './connection.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What the operations of one run of the server work on. */
export interface Running {
  readonly store: EventStore;
  readonly recent: RecentIds;
  readonly groups: Groups;
  readonly subscriptions: Subscriptions;
  /** Consumers of groups by correlation id: their acknowledgements carry it. */
  readonly consumers: Map<string, { readonly group: Group; readonly consumer: Consumer }>;
  readonly faults: FaultPlan;
}

/** Who asks, and under which correlation id. */
export interface Caller {
  readonly connection: Connection;
  readonly correlationId: string;
}

/** A message for the caller. */
export interface Answer {
  readonly command: CommandName;
  readonly data: Buffer;
  /** Called once it is sent: nothing of a subscription may arrive before its confirmation. */
  readonly afterwards?: () => void;
}

/** How one command is served. */
export interface Operation<Name extends keyof Requests = keyof Requests> {
  readonly message: Name;
  /** What an unauthenticated caller gets; undefined: nothing. */
  readonly denied: Answer | undefined;
  /** Undefined when the command has no answer, or sends its own. */
  handle(running: Running, request: Requests[Name], caller: Caller): Promise<Answer | undefined>;
}

/** Keeps the type of an operation's request while forgetting it in the table of all operations. */
export function operation<Name extends keyof Requests>(definition: Operation<Name>): Operation {
  return definition as unknown as Operation;
}
