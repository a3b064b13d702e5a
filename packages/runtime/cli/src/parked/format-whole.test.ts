import type { RecordedEvent } from '@daybook/core';
import { actLines, wholeLines } from './format-whole.ts';

const command = {
  id: 'c-1',
  type: 'RequestLoan',
  routingKey: 'loans.RequestLoan',
  correlationId: undefined,
  headers: { actor: 'ann' },
  body: 'no { JSON',
  bodyBytes: 9,
  code: 'not_json',
  reason: 'the body is no JSON',
  stack: 'Error: x\n    at parse',
  attempts: 2,
  parkedAt: '2026-01-01T00:00:00.000Z',
};

test('a command whole, its body as it came where it is no JSON', () => {
  expect(wholeLines({ kind: 'command', context: 'loans', command })).toEqual([
    'command         c-1',
    'queue           commands.loans.parked',
    'type            RequestLoan',
    'routing key     loans.RequestLoan',
    'correlation id  -',
    'attempts        2',
    'parked at       2026-01-01T00:00:00.000Z',
    'code            not_json',
    '',
    'headers:',
    '  {',
    '    "actor": "ann"',
    '  }',
    '',
    'body:',
    '  no { JSON',
    '',
    'reason:',
    '  the body is no JSON',
    '',
    'stack:',
    '  Error: x',
    '      at parse',
  ]);
});

test('acts: when, what, who, why', () => {
  const at = (recorded_at: string, type: string, data: unknown) =>
    ({ type, data, metadata: { recorded_at } }) as RecordedEvent;
  expect(
    actLines([
      at('2026-01-01', 'ParkedCommandReplayed', { message_id: 'c-1', by: 'ada' }),
      at('2026-01-02', 'ParkedEventDiscarded', { group: 'g', position: 7, by: 'eve', reason: 'a test' }),
    ]),
  ).toEqual([
    '2026-01-01  ParkedCommandReplayed  c-1  by ada',
    '2026-01-02  ParkedEventDiscarded   g 7  by eve  a test',
  ]);
  expect(actLines([])).toHaveLength(1);
});
