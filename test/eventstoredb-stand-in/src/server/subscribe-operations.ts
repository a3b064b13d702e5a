import { encode } from '../protocol/messages.ts';
import { DropReason } from '../protocol/results.ts';
import { resolve } from '../streams/links.ts';
import { eventAppeared, wireNumber } from '../streams/records.ts';
import { type Answer, operation } from './operation.ts';

/** The end of a subscription, as the client is told. */
export function dropped(reason: number): Answer {
  return { command: 'SubscriptionDropped', data: encode('SubscriptionDropped', { reason }) };
}

/** Sends each new event of a stream; an empty name means all streams. It ends with the connection. */
export const subscribeToStream = operation({
  message: 'SubscribeToStream',
  denied: dropped(DropReason.AccessDenied),
  handle({ store, subscriptions }, { eventStreamId: stream, resolveLinkTos }, { connection, correlationId }) {
    return store.read((streams) => {
      let waiting: Buffer[] | undefined = [];
      const send = (data: Buffer) => connection.send('StreamEventAppeared', correlationId, data);
      const stop = store.onEvent((event, current) => {
        if (stream !== '' && event.stream !== stream) return;
        const data = eventAppeared(resolve(current, event, resolveLinkTos), event.position);
        if (waiting) waiting.push(data);
        else send(data);
      });
      subscriptions.add(connection, correlationId, stop);
      const lastEventNumber = wireNumber(streams.lastNumber(stream));
      const fields = { lastCommitPosition: streams.all.length - 1, ...(stream === '' ? {} : { lastEventNumber }) };
      return {
        command: 'SubscriptionConfirmation' as const,
        data: encode('SubscriptionConfirmation', fields),
        afterwards() {
          for (const data of waiting ?? []) send(data);
          waiting = undefined;
        },
      };
    });
  },
});

/** Ends a subscription of either kind. */
export const unsubscribe = operation({
  message: 'UnsubscribeFromStream',
  denied: undefined,
  handle({ subscriptions }, _request, { connection, correlationId }) {
    const ended = subscriptions.end(connection, correlationId);
    return Promise.resolve(ended ? dropped(DropReason.Unsubscribed) : undefined);
  },
});
