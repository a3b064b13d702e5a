import type { Consumer } from '../persistent/consumer.ts';
import { groupId, settingsFrom } from '../persistent/group-settings.ts';
import type { GroupChange } from '../persistent/groups.ts';
import { guidToText } from '../protocol/guid.ts';
import { encode } from '../protocol/messages.ts';
import { ChangeGroupResult, CreateGroupResult, DropReason } from '../protocol/results.ts';
import { toResolvedIndexed, wireNumber } from '../streams/records.ts';
import { type Answer, type Caller, operation } from './operation.ts';
import { dropped } from './subscribe-operations.ts';

/** Creates a group; the stream need not exist yet. */
export const createGroup = operation({
  message: 'PersistentSubscription',
  denied: changed('CreatePersistentSubscriptionCompleted', { result: CreateGroupResult.AccessDenied }),
  handle: async ({ groups }, request) =>
    changed('CreatePersistentSubscriptionCompleted', outcome(await groups.create(settingsFrom(request)))),
});

/** Changes a group's settings. */
export const updateGroup = operation({
  message: 'PersistentSubscription',
  denied: changed('UpdatePersistentSubscriptionCompleted', { result: ChangeGroupResult.AccessDenied }),
  handle: async ({ groups }, request) =>
    changed('UpdatePersistentSubscriptionCompleted', outcome(await groups.update(settingsFrom(request)))),
});

/** Deletes a group. Its request has the first two fields of the others. */
export const deleteGroup = operation({
  message: 'PersistentSubscription',
  denied: changed('DeletePersistentSubscriptionCompleted', { result: ChangeGroupResult.AccessDenied }),
  handle: async ({ groups }, { eventStreamId, subscriptionGroupName }) =>
    changed(
      'DeletePersistentSubscriptionCompleted',
      outcome(await groups.delete(eventStreamId, subscriptionGroupName)),
    ),
});

/** Makes the caller a consumer of a group. */
export const connectToGroup = operation({
  message: 'ConnectToPersistentSubscription',
  denied: dropped(DropReason.AccessDenied),
  handle({ store, groups, subscriptions, consumers }, request, caller) {
    const { subscriptionId: name, eventStreamId: stream, allowedInFlightMessages } = request;
    return store.read((streams): Answer => {
      const group = groups.find(stream, name);
      if (!group) return dropped(DropReason.NotFound);
      const { maxConsumers } = group.settings;
      if (maxConsumers > 0 && group.consumers.size >= maxConsumers)
        return dropped(DropReason.SubscriberMaxCountReached);
      const consumer = createConsumer(caller, allowedInFlightMessages);
      const fields = {
        subscriptionId: groupId(group.settings),
        lastCommitPosition: streams.all.length - 1,
        lastEventNumber: wireNumber(streams.lastNumber(stream)),
      };
      return {
        command: 'PersistentSubscriptionConfirmation',
        data: encode('PersistentSubscriptionConfirmation', fields),
        afterwards() {
          consumers.set(caller.correlationId, { group, consumer });
          group.add(consumer);
          subscriptions.add(caller.connection, caller.correlationId, () => {
            consumers.delete(caller.correlationId);
            group.remove([consumer]);
          });
        },
      };
    });
  },
});

/** Messages were handled. */
export const acknowledge = operation({
  message: 'PersistentSubscriptionAckEvents',
  denied: undefined,
  handle({ consumers }, { processedEventIds }, { correlationId }) {
    const found = consumers.get(correlationId);
    found?.group.acknowledge(found.consumer, processedEventIds.map(guidToText));
    return Promise.resolve(undefined);
  },
});

/** Messages were not handled. */
export const refuse = operation({
  message: 'PersistentSubscriptionNakEvents',
  denied: undefined,
  handle({ consumers }, { processedEventIds, action, message }, { correlationId }) {
    const found = consumers.get(correlationId);
    found?.group.refuse(found.consumer, processedEventIds.map(guidToText), action, message);
    return Promise.resolve(undefined);
  },
});

function createConsumer({ connection, correlationId }: Caller, capacity: number): Consumer {
  return {
    id: correlationId,
    capacity,
    inFlight: new Map(),
    send({ resolved, retryCount }) {
      const data = encode('PersistentSubscriptionStreamEventAppeared', {
        event: toResolvedIndexed(resolved),
        retryCount,
      });
      connection.send('PersistentSubscriptionStreamEventAppeared', correlationId, data);
    },
    drop: (reason) => connection.send('SubscriptionDropped', correlationId, dropped(reason).data),
    disconnect: connection.drop,
  };
}

/** The codes of the three requests agree where they mean the same. */
function outcome(change: GroupChange): { result: number; reason?: string } {
  if (change === 'done') return { result: CreateGroupResult.Success };
  if (change === 'already-exists') return { result: CreateGroupResult.AlreadyExists };
  if (change === 'does-not-exist') return { result: ChangeGroupResult.DoesNotExist };
  return { result: CreateGroupResult.Fail, reason: change.failed };
}

type GroupAnswer =
  | 'CreatePersistentSubscriptionCompleted'
  | 'UpdatePersistentSubscriptionCompleted'
  | 'DeletePersistentSubscriptionCompleted';

function changed(command: GroupAnswer, fields: { result: number; reason?: string }): Answer {
  return { command, data: encode('PersistentSubscriptionCompleted', fields) };
}
