import type { EventStore } from '@daybook/core';
import { ask, PROBLEM, recorded, STREAM } from './test-query-api.ts';

describe('the outcome of a command', () => {
  test('accepted', async () => {
    expect(await ask(`/outcomes/${STREAM}/${encodeURIComponent('first/1')}`)).toMatchObject({
      status: 200,
      body: {
        status: 'accepted',
        command_id: 'first/1',
        stream: STREAM,
        revision: 0,
        token: `${STREAM}@0`,
        events: [{ type: 'LoanRequested', revision: 0 }],
      },
    });
  });

  test('rejected', async () => {
    expect(await ask(`/outcomes/${STREAM}/second`)).toMatchObject({
      status: 200,
      body: { status: 'rejected', revision: 1, error: { code: 'loan_already_requested' } },
    });
  });

  test('of a command with many events, far from the end of a long stream', async () => {
    const long = Array.from({ length: 5000 }, (_, n) =>
      recorded(n, 'Moved', n >= 1500 && n < 3000 ? 'many' : `other ${n}`),
    );
    const readBackwards: EventStore['readBackwards'] = async (_id, from, limit) =>
      long
        .slice(0, from === 'end' ? long.length : from + 1)
        .reverse()
        .slice(0, limit);
    const { body } = await ask(`/outcomes/${STREAM}/many`, { store: { readBackwards } });
    expect(body).toMatchObject({ status: 'accepted', revision: 2999 });
    expect((body as { events: { revision: number }[] }).events.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 1500 }, (_, n) => 1500 + n),
    );
    expect(await ask(`/outcomes/${STREAM}/none`, { store: { readBackwards } })).toMatchObject({ status: 404 });
  });

  test('not there yet: 404', async () => {
    expect(await ask(`/outcomes/${STREAM}/third`)).toMatchObject({
      status: 404,
      body: { command_id: 'third', stream: STREAM },
    });
  });

  test.each(['loans', 'loans-LoanRequest-%00'])('of what is no stream, %s: 400', async (stream) => {
    expect(await ask(`/outcomes/${stream}/third`)).toMatchObject({ status: 400, type: PROBLEM });
  });
});
