/** An event that a client wants stored. */
export interface NewEvent {
  readonly eventId: Buffer;
  readonly eventType: string;
  readonly dataContentType: number;
  readonly metadataContentType: number;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** What a client sends, by the name of the message. Numbers of 64 bits arrive as numbers. */
export interface Requests {
  readonly WriteEvents: {
    readonly eventStreamId: string;
    readonly expectedVersion: number;
    readonly events: readonly NewEvent[];
  };
  readonly DeleteStream: {
    readonly eventStreamId: string;
    readonly expectedVersion: number;
    readonly hardDelete: boolean;
  };
  readonly ReadEvent: {
    readonly eventStreamId: string;
    readonly eventNumber: number;
    readonly resolveLinkTos: boolean;
  };
  readonly ReadStreamEvents: {
    readonly eventStreamId: string;
    readonly fromEventNumber: number;
    readonly maxCount: number;
    readonly resolveLinkTos: boolean;
  };
  readonly SubscribeToStream: { readonly eventStreamId: string; readonly resolveLinkTos: boolean };
  readonly UnsubscribeFromStream: Record<string, never>;
  readonly PersistentSubscription: {
    readonly subscriptionGroupName: string;
    readonly eventStreamId: string;
    readonly resolveLinkTos: boolean;
    readonly startFrom: number;
    readonly messageTimeoutMilliseconds: number;
    readonly recordStatistics: boolean;
    readonly liveBufferSize: number;
    readonly readBatchSize: number;
    readonly bufferSize: number;
    readonly maxRetryCount: number;
    readonly preferRoundRobin: boolean;
    readonly checkpointAfterTime: number;
    readonly checkpointMaxCount: number;
    readonly checkpointMinCount: number;
    readonly subscriberMaxCount: number;
    readonly namedConsumerStrategy: string;
  };
  /** `subscriptionId` is the name of the group. */
  readonly ConnectToPersistentSubscription: {
    readonly subscriptionId: string;
    readonly eventStreamId: string;
    readonly allowedInFlightMessages: number;
  };
  readonly PersistentSubscriptionAckEvents: { readonly processedEventIds: readonly Buffer[] };
  readonly PersistentSubscriptionNakEvents: {
    readonly processedEventIds: readonly Buffer[];
    readonly message: string;
    readonly action: number;
  };
}
