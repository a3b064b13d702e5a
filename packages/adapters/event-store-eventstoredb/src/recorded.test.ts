import type { ResolvedEvent } from 'node-eventstore-client';
import { feedEventOf, isUnresolvedLink } from './recorded.ts';

const long = (value: number) => ({ toNumber: () => value });

function resolved(event: object | null, link: object | null = {}): ResolvedEvent {
  return { event, link, originalEventNumber: long(41) } as unknown as ResolvedEvent;
}
const stored = (more: object = {}) => ({
  eventStreamId: 'loans-Loan-1',
  eventId: 'id',
  eventNumber: long(3),
  eventType: 'LoanRequested',
  data: Buffer.from('{"amount":1}'),
  metadata: Buffer.from('{"command_id":"c"}'),
  ...more,
});

test('the position is the link’s, stream and revision are the event’s; nothing is a Long', () => {
  expect(feedEventOf(resolved(stored()))).toEqual({
    id: 'id',
    type: 'LoanRequested',
    data: { amount: 1 },
    metadata: { command_id: 'c' },
    streamId: 'loans-Loan-1',
    revision: 3,
    position: 42,
  });
});

test('what is in a category and is no event of its context is passed over', () => {
  expect(feedEventOf(resolved(null))).toBeUndefined();
  expect(feedEventOf(resolved(stored({ eventType: '$metadata', eventStreamId: '$$loans-Loan-1' })))).toBeUndefined();
  expect(feedEventOf(resolved(stored({ eventType: '$streamDeleted' })))).toBeUndefined();
  expect(feedEventOf(resolved(stored({ data: Buffer.from('no json') })))).toBeUndefined();
  expect(feedEventOf(resolved(stored({ eventStreamId: 'loans-1' })))).toBeUndefined();
});

test('a link that was not followed is told from one that leads nowhere', () => {
  expect(isUnresolvedLink(resolved(stored({ eventType: '$>' }), null))).toBe(true);
  expect(isUnresolvedLink(resolved(null))).toBe(false);
  expect(isUnresolvedLink(resolved(stored()))).toBe(false);
});
