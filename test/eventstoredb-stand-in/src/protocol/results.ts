/** Outcome of a write or a delete. */
export const OperationResult = { Success: 0, WrongExpectedVersion: 4, StreamDeleted: 5, AccessDenied: 7 } as const;

/** Outcome of reading one event. */
export const ReadEventResult = { Success: 0, NotFound: 1, NoStream: 2, StreamDeleted: 3, AccessDenied: 5 } as const;

/** Outcome of reading a page of a stream. */
export const ReadStreamResult = { Success: 0, NoStream: 1, StreamDeleted: 2, Error: 4, AccessDenied: 5 } as const;

/** Outcome of creating a subscription group. */
export const CreateGroupResult = { Success: 0, AlreadyExists: 1, Fail: 2, AccessDenied: 3 } as const;

/** Outcome of updating or deleting a subscription group. */
export const ChangeGroupResult = { Success: 0, DoesNotExist: 1, Fail: 2, AccessDenied: 3 } as const;

/** Why the server ended a subscription. */
export const DropReason = { Unsubscribed: 0, AccessDenied: 1, NotFound: 2, SubscriberMaxCountReached: 4 } as const;

/** Why the server did not handle a request. */
export const NotHandledReason = { NotReady: 0, TooBusy: 1, IsReadOnly: 3 } as const;

/** What a consumer wants done with a message that it refuses. */
export const NakAction = { Unknown: 0, Park: 1, Retry: 2, Skip: 3, Stop: 4 } as const;
