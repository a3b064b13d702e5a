import { preferencesOf } from '@daybook/http';
import { waitMs } from './command-headers.ts';
import { data, PATH, post } from './test-gateway.ts';

describe('what is published', () => {
  test('carries the headers', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { requests } = await post(PATH, {
      headers: {
        'Idempotency-Key': 'k1',
        'Daybook-Actor': 'Ada Lovelace',
        'Daybook-Correlation-Id': 'c1',
        'Daybook-Causation-Id': 'm0',
        traceparent,
      },
    });
    const command = { type: 'RequestLoan', data };
    const ids = { commandId: 'k1', correlationId: 'c1', causationId: 'm0' };
    expect(requests).toEqual([
      {
        command: { context: 'loans', command, ...ids, actor: 'Ada Lovelace', traceparent },
        options: { timeoutMs: 10_000 },
      },
    ]);
  });

  test.each([
    ['"abc"', 'abc'],
    ['abc', 'abc'],
    ['"a', '"a'],
    ['""', '""'],
  ])('has the key %s as %s', async (key, commandId) => {
    const { requests } = await post(PATH, { headers: { 'Idempotency-Key': key } });
    expect(requests[0]?.command).toMatchObject({ commandId });
  });

  test('has an id of its own without Idempotency-Key, and the answer tells it', async () => {
    const { requests, body } = await post(PATH, { headers: { traceparent: 'none' } });
    expect(requests[0]?.command).toMatchObject({ commandId: body.command_id, traceparent: undefined });
    expect(body.command_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is waited for as long as the client prefers', async () => {
    const { requests, headers } = await post(PATH, { headers: { prefer: 'wait=2' } });
    expect(requests[0]?.options).toEqual({ timeoutMs: 2000 });
    expect(headers['preference-applied']).toBe('wait=2');
  });
});

test.each([
  [undefined, 10_000],
  ['wait=3', 3000],
  ['respond-async, wait=3', 3000],
  ['wait=60', 10_000],
  ['wait=0', 10_000],
  ['wait=soon', 10_000],
  ['await=3', 10_000],
])('Prefer: %s waits %i ms of 10 s', (prefer, expected) => {
  expect(waitMs(preferencesOf(prefer), 10_000)).toBe(expected);
});
