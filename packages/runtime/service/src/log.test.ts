import { Unavailable } from '@daybook/core';
import { errorForLog } from './log.ts';

test('an error is logged with its stack, one that is only waited for without', () => {
  expect(errorForLog(new TypeError('no such field'))).toMatchObject({
    type: 'TypeError',
    message: 'no such field',
    stack: expect.stringContaining('log.test.ts'),
  });
  expect(errorForLog(new Unavailable('Postgres', new Error('connection refused')))).toEqual({
    type: 'Unavailable',
    message: 'Postgres is not available: connection refused',
  });
});

test('what is thrown and no error is logged as it is', () => {
  expect(errorForLog('a text')).toBe('a text');
});
