import { encode } from '../protocol/messages.ts';
import { ReadEventResult, ReadStreamResult } from '../protocol/results.ts';
import type { StreamState, Streams } from '../store/streams.ts';
import { resolve } from '../streams/links.ts';
import { type Page, readBackward, readForward } from '../streams/read-page.ts';
import { toResolvedIndexed } from '../streams/records.ts';
import { type Answer, type Operation, operation } from './operation.ts';

const MAX_PAGE = 4096;

/** Reads one event; -1 is the last. */
export const readEvent = operation({
  message: 'ReadEvent',
  denied: eventRead({ result: ReadEventResult.AccessDenied }),
  handle({ store }, { eventStreamId: stream, eventNumber, resolveLinkTos }) {
    return store.read((streams) => {
      const state = streams.state(stream);
      if (state !== 'live') {
        const result = state === 'deleted' ? ReadEventResult.StreamDeleted : ReadEventResult.NoStream;
        return eventRead({ result, event: {} });
      }
      const event = streams.visible(stream, eventNumber === -1 ? streams.lastNumber(stream) : eventNumber);
      if (!event) return eventRead({ result: ReadEventResult.NotFound, event: {} });
      const resolved = toResolvedIndexed(resolve(streams, event, resolveLinkTos));
      return eventRead({ result: ReadEventResult.Success, event: resolved });
    });
  },
});

/** Reads a page upwards. */
export const readStreamForward = readStream('ReadStreamEventsForwardCompleted', readForward);

/** Reads a page downwards. */
export const readStreamBackward = readStream('ReadStreamEventsBackwardCompleted', readBackward);

type ReadCommand = 'ReadStreamEventsForwardCompleted' | 'ReadStreamEventsBackwardCompleted';
type ReadPage = (streams: Streams, stream: string, from: number, count: number) => Page;

function readStream(command: ReadCommand, readPage: ReadPage): Operation {
  return operation({
    message: 'ReadStreamEvents',
    denied: pageRead(command, { result: ReadStreamResult.AccessDenied }),
    handle({ store }, { eventStreamId: stream, fromEventNumber, maxCount, resolveLinkTos }) {
      return store.read((streams) => {
        if (maxCount < 1 || maxCount > MAX_PAGE) {
          const error = `a page has 1 to ${MAX_PAGE} events`;
          return pageRead(command, { result: ReadStreamResult.Error, error });
        }
        const lastEventNumber = streams.lastNumber(stream);
        const state = streams.state(stream);
        if (state !== 'live') return pageRead(command, { ...unreadable(state), lastEventNumber });
        const page = readPage(streams, stream, fromEventNumber, maxCount);
        return pageRead(command, {
          result: ReadStreamResult.Success,
          events: page.events.map((event) => toResolvedIndexed(resolve(streams, event, resolveLinkTos))),
          nextEventNumber: page.nextNumber,
          lastEventNumber,
          isEndOfStream: page.isEndOfStream,
          lastCommitPosition: streams.all.length - 1,
        });
      });
    },
  });
}

function unreadable(state: Exclude<StreamState, 'live'>): object {
  const result = state === 'deleted' ? ReadStreamResult.StreamDeleted : ReadStreamResult.NoStream;
  return { result, nextEventNumber: -1, isEndOfStream: true };
}

function pageRead(command: ReadCommand, fields: object): Answer {
  return { command, data: encode('ReadStreamEventsCompleted', fields) };
}

function eventRead(fields: object): Answer {
  return { command: 'ReadEventCompleted', data: encode('ReadEventCompleted', fields) };
}
