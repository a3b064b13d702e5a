import { ownOf } from './own-of.ts';

const inherited = Object.getOwnPropertyNames(Object.prototype);

test.each(inherited)('%s is no name in a table that does not have it', (name) => {
  expect(ownOf({ a: 1 }, name)).toBeUndefined();
  expect(ownOf(JSON.parse(`{"${name}": 2}`), name)).toBe(2);
});

test('what is there is found; there need not be a table', () => {
  expect(ownOf({ a: 1 }, 'a')).toBe(1);
  expect(ownOf(undefined, 'a')).toBeUndefined();
});
