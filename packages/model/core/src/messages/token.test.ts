import { parseToken, tokenOf } from './token.ts';

test.each(['loans-LoanRequest-7c9e6679', 'house-Lift-A-ü"1 @7%'])(
  'the token of %s is visible ASCII and comes back',
  (stream) => {
    const token = tokenOf(stream, 17);
    expect(token).toMatch(/^[\x21-\x7e]+$/);
    const { context, aggregate, entityId, revision } = parseToken(token);
    expect(`${context}-${aggregate}-${entityId}@${revision}`).toBe(`${stream}@17`);
  },
);

test.each([
  '',
  'loans-LoanRequest-1',
  'loans-LoanRequest-1@',
  'loans@3',
  'loans-LoanRequest-1@-1',
  'a-b-c@1.5',
  'a-b-%@1',
  'a-b-c@1@2',
])('%p is no token', (text) => {
  expect(() => parseToken(text)).toThrow(expect.objectContaining({ code: 'invalid_token' }));
});
