import { randomUUID } from 'node:crypto';
import { guidToText } from '../protocol/guid.ts';
import { encode } from '../protocol/messages.ts';
import type { NewEvent } from '../protocol/requests.ts';
import { OperationResult } from '../protocol/results.ts';
import { type AppendOutcome, decideAppend, ExpectedVersion } from '../store/append.ts';
import type { Decision } from '../store/event-store.ts';
import { type EventToStore, SystemType } from '../store/stored-event.ts';
import { softDelete } from '../store/stream-metadata.ts';
import type { Streams } from '../store/streams.ts';
import { type Answer, operation } from './operation.ts';

const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const refusals = {
  'wrong-expected-version': OperationResult.WrongExpectedVersion,
  'stream-deleted': OperationResult.StreamDeleted,
} as const;

/** Appends events: all or none. The answer never says what the actual version is. */
export const writeEvents = operation({
  message: 'WriteEvents',
  denied: written({ result: OperationResult.AccessDenied }),
  async handle({ store, recent }, { eventStreamId: stream, expectedVersion, events }) {
    const bytes = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    if (bytes > MAX_BATCH_BYTES) {
      return { command: 'BadRequest', data: Buffer.from(`${bytes} bytes are too many for one write`) };
    }
    if (stream === '') return { command: 'BadRequest', data: Buffer.from('a stream needs a name') };
    const toStore = events.map((event) => eventToStore(stream, event));
    return store.write((streams): Decision<Answer> => {
      const outcome = decideAppend(streams, recent, stream, expectedVersion, toStore);
      if (outcome.outcome !== 'append') return { events: [], answer: () => written(refusal(outcome)) };
      const first = streams.lastNumber(stream) + 1;
      for (const [index, { id }] of toStore.entries()) recent.set(id, { stream, number: first + index });
      const last = first + toStore.length - 1;
      return {
        events: outcome.events,
        answer: (stored) => written(success(first, last, stored.at(-1)?.position ?? 0)),
      };
    });
  },
});

/** Deletes a stream: softly, so that it can be written again, or for ever. */
export const deleteStream = operation({
  message: 'DeleteStream',
  denied: deleted(OperationResult.AccessDenied),
  handle({ store }, { eventStreamId: stream, expectedVersion, hardDelete }) {
    return store.write((streams): Decision<Answer> => {
      const result = deletionResult(streams, stream, expectedVersion);
      const events = result === OperationResult.Success ? [hardDelete ? tombstone(stream) : softDelete(stream)] : [];
      return { events, answer: (stored) => deleted(result, stored.at(-1)?.position) };
    });
  },
});

function deletionResult(streams: Streams, stream: string, expectedVersion: number): number {
  if (streams.state(stream) === 'deleted') return OperationResult.StreamDeleted;
  const matches = expectedVersion === ExpectedVersion.any || expectedVersion === streams.lastNumber(stream);
  return matches ? OperationResult.Success : OperationResult.WrongExpectedVersion;
}

function refusal(outcome: Exclude<AppendOutcome, { outcome: 'append' }>): object {
  return outcome.outcome === 'already-written'
    ? success(outcome.first, outcome.last, 0)
    : { result: refusals[outcome.outcome], message: outcome.outcome };
}

function success(first: number, last: number, position: number): object {
  return {
    result: OperationResult.Success,
    firstEventNumber: first,
    lastEventNumber: last,
    preparePosition: position,
    commitPosition: position,
  };
}

function written(fields: object): Answer {
  return { command: 'WriteEventsCompleted', data: encode('WriteEventsCompleted', fields) };
}

function deleted(result: number, position = 0): Answer {
  const fields = { result, preparePosition: position, commitPosition: position };
  return { command: 'DeleteStreamCompleted', data: encode('DeleteStreamCompleted', fields) };
}

function eventToStore(stream: string, { eventId, eventType, dataContentType, data, metadata }: NewEvent): EventToStore {
  return {
    stream,
    id: guidToText(eventId),
    type: eventType,
    contentType: dataContentType,
    data: Buffer.from(data),
    metadata: Buffer.from(metadata),
  };
}

function tombstone(stream: string): EventToStore {
  const none = Buffer.alloc(0);
  return { stream, id: randomUUID(), type: SystemType.tombstone, contentType: 0, data: none, metadata: none };
}
