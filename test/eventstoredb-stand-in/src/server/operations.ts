import type { CommandName } from '../protocol/commands.ts';
import { acknowledge, connectToGroup, createGroup, deleteGroup, refuse, updateGroup } from './group-operations.ts';
import type { Operation } from './operation.ts';
import { readEvent, readStreamBackward, readStreamForward } from './read-operations.ts';
import { subscribeToStream, unsubscribe } from './subscribe-operations.ts';
import { deleteStream, writeEvents } from './write-operations.ts';

/** What serves each command. Transactions, `$all` reads and filtered subscriptions are not reproduced. */
export const operations: { readonly [Name in CommandName]?: Operation } = {
  WriteEvents: writeEvents,
  DeleteStream: deleteStream,
  ReadEvent: readEvent,
  ReadStreamEventsForward: readStreamForward,
  ReadStreamEventsBackward: readStreamBackward,
  SubscribeToStream: subscribeToStream,
  UnsubscribeFromStream: unsubscribe,
  CreatePersistentSubscription: createGroup,
  UpdatePersistentSubscription: updateGroup,
  DeletePersistentSubscription: deleteGroup,
  ConnectToPersistentSubscription: connectToGroup,
  PersistentSubscriptionAckEvents: acknowledge,
  PersistentSubscriptionNakEvents: refuse,
};
