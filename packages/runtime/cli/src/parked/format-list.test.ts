import { countOf, listLines, placeLines, summaryOf } from './format-list.ts';
import type { ParkedItem } from './parked-items.ts';

const command: ParkedItem = {
  kind: 'command',
  context: 'loans',
  command: {
    id: 'c-1',
    type: undefined,
    routingKey: 'loans.RequestLoan',
    correlationId: 'c-1',
    headers: {},
    body: '{}',
    bodyBytes: 2,
    code: 'not_json',
    reason: 'the body is no JSON\nat all \u001b[31m',
    stack: undefined,
    attempts: undefined,
    parkedAt: undefined,
  },
};
const event: ParkedItem = {
  kind: 'event',
  context: 'loans',
  group: 'process-manager:review',
  event: {
    event: {
      id: 'e-1',
      type: 'LoanRequested',
      data: {},
      streamId: 'loans-LoanRequest-1',
      revision: 3,
      position: 17,
      metadata: { command_id: 'c', causation_id: 'c', correlation_id: 'c', schema_version: 1, recorded_at: '2026' },
    },
    attempts: 5,
    reason: 'Error: \u001b[31mbroken\n    at react',
    parkedAt: '2026-01-01T00:00:00.000Z',
  },
};

test('one line each, in columns, with the count', () => {
  expect(listLines([command, event])).toEqual([
    'KIND     WHERE                   WHICH  TYPE           OF                     ATTEMPTS  PARKED AT                 REASON',
    'command  commands.loans.parked   c-1    -              loans.RequestLoan      -         -                         not_json: the body is no JSON',
    'event    process-manager:review  17     LoanRequested  loans-LoanRequest-1@3  5         2026-01-01T00:00:00.000Z  Error: �[31mbroken',
    '1 command, 1 event parked',
  ]);
});

test('nothing is nothing', () => {
  expect(listLines([])).toEqual(['nothing is parked']);
  expect(countOf([])).toBe('nothing');
});

test('how many lie where', () => {
  expect(placeLines([command, event, event])).toEqual(['commands.loans.parked   1', 'process-manager:review  2']);
});

test('as data, a field that is not known is null', () => {
  expect(summaryOf(command)).toMatchObject({ kind: 'command', message_id: 'c-1', type: null, parked_at: null });
  expect(summaryOf({ ...command, command: { ...command.command, attempts: 3 } })).toMatchObject({ attempts: 3 });
  expect(summaryOf(event)).toMatchObject({ kind: 'event', position: 17, revision: 3, attempts: 5 });
});
