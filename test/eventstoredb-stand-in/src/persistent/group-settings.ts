import type { Requests } from '../protocol/requests.ts';

/** A subscription group as it was created or last updated; it is kept as JSON in this form. */
export interface GroupSettings {
  readonly stream: string;
  readonly group: string;
  readonly resolveLinkTos: boolean;
  /** -1: only what is written from now on. */
  readonly startFrom: number;
  /** 0: a message never times out. */
  readonly messageTimeoutMs: number;
  readonly maxRetryCount: number;
  /** How many messages wait in the server for a free consumer. */
  readonly bufferSize: number;
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** 0: any number of consumers. */
  readonly maxConsumers: number;
  readonly strategy: string;
}

/** Reads the settings from a request to create or update a group. */
export function settingsFrom(request: Requests['PersistentSubscription']): GroupSettings {
  return {
    stream: request.eventStreamId,
    group: request.subscriptionGroupName,
    resolveLinkTos: request.resolveLinkTos,
    startFrom: request.startFrom,
    messageTimeoutMs: request.messageTimeoutMilliseconds,
    maxRetryCount: request.maxRetryCount,
    bufferSize: Math.max(request.bufferSize, request.liveBufferSize, request.readBatchSize, 1),
    checkpointAfterMs: request.checkpointAfterTime,
    minCheckpointCount: request.checkpointMinCount,
    maxCheckpointCount: request.checkpointMaxCount,
    maxConsumers: request.subscriberMaxCount,
    strategy: request.namedConsumerStrategy || (request.preferRoundRobin ? 'RoundRobin' : 'DispatchToSingle'),
  };
}

/** What a group is known by, and what its streams are named after. */
export function groupId({ stream, group }: Pick<GroupSettings, 'stream' | 'group'>): string {
  return `${stream}::${group}`;
}

/** The stream of a group's checkpoints. */
export function checkpointStream(settings: Pick<GroupSettings, 'stream' | 'group'>): string {
  return `$persistentsubscription-${groupId(settings)}-checkpoint`;
}

/** The stream of the messages that a group set aside. */
export function parkedStream(settings: Pick<GroupSettings, 'stream' | 'group'>): string {
  return `$persistentsubscription-${groupId(settings)}-parked`;
}
