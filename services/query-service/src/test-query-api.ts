import { type EventStore, type ReadStore, type RecordedEvent, silent, systemClock, Unavailable } from '@daybook/core';
import { loans } from '@daybook/loans';
import { buildQueryApi } from './query-api.ts';
import { alwaysLive } from './test-live.ts';

export const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
export const STREAM = `loans-LoanRequest-${ID}`;
export const row = {
  loan_application_uuid: ID,
  amount: 1000,
  duration: 6,
  status: 'pending_submission',
  requested_at: '2026-01-02T03:04:05.678Z',
  submitted_at: null,
  review_issued_at: null,
  approved_at: null,
  denied_at: null,
  contract_issued_at: null,
  signed_at: null,
  rejected_at: null,
};

export function recorded(revision: number, type: string, command_id: string, data: unknown = {}): RecordedEvent {
  const metadata = {
    command_id,
    causation_id: 'c',
    correlation_id: 'c',
    schema_version: 1,
    recorded_at: row.requested_at,
  };
  return { id: `e${revision}`, streamId: STREAM, revision, position: revision + 1, type, data, metadata };
}

const stream = [
  recorded(0, 'LoanRequested', 'first/1'),
  recorded(1, 'CommandRejected', 'second', {
    command: 'RequestLoan',
    data: {},
    code: 'loan_already_requested',
    message: 'no',
  }),
];

export async function ask(
  url: string,
  { rows = {}, store = {} }: { rows?: Partial<ReadStore>; store?: Partial<EventStore> } = {},
) {
  const api = await buildQueryApi({
    contexts: [loans],
    rows: {
      get: async (_projection, id) => (id === ID ? { row, revisions: { LoanRequest: 1 } } : undefined),
      list: async () => ({ rows: [row], next: undefined }),
      ...rows,
    } as ReadStore,
    store: {
      readBackwards: async (id, from, limit) =>
        id === STREAM ? [...stream.slice(0, from === 'end' ? stream.length : from + 1)].reverse().slice(0, limit) : [],
      ...store,
    } as EventStore,
    liveBuilds: alwaysLive(),
    clock: systemClock,
    log: silent,
  });
  const response = await api.inject(url);
  return { status: response.statusCode, type: response.headers['content-type'], body: response.json() as unknown };
}

export const PROBLEM = 'application/problem+json; charset=utf-8';
export const unavailable = () => Promise.reject(new Unavailable('read store', new Error('connection refused')));
