import { afterFault, Unavailable } from '@daybook/core';
import { faultOf, isRefusal } from './faults.ts';

test('errors of the client need not be errors', () => {
  for (const rejected of ['gone', undefined, { message: 'gone' }, new Error('gone'), 7]) {
    expect(faultOf(rejected)).toBeInstanceOf(Unavailable);
    expect(isRefusal(faultOf(rejected))).toBe(false);
  }
});

test('wrong credentials are said to be wrong, and nothing was done', () => {
  const fault = faultOf(new Error('Authentication error: Not Authenticated'));
  expect(fault.message).toContain('refuses the user name or the password');
  expect([fault instanceof Unavailable, isRefusal(fault)]).toEqual([true, true]);
});

test('access that is denied is not retried into a success, but kept', () => {
  expect(faultOf({ name: 'AccessDeniedError', message: 'Write access denied' })).toMatchObject({ code: 'unavailable' });
});

test('a request that the server refuses as such is never tried again', () => {
  expect(afterFault(faultOf(new Error('Bad request: too large')))).toBe('park');
  expect(afterFault(faultOf({ name: 'StreamDeletedError', message: 'deleted' }))).toBe('park');
});
