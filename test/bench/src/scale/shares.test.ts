import { haveTheirShare, lastLate, sharesOf } from './shares.ts';

test('shares are of what was done meanwhile, a newcomer counts from nothing', () => {
  expect(sharesOf({ a: 100 }, { a: 130, b: 10 })).toEqual({ a: 0.75, b: 0.25 });
  expect(sharesOf({ a: 100 }, { a: 100 })).toEqual({ a: 0 });
});

test('half of a fair share is enough to have come', () => {
  const shares = { a: 0.5, b: 0.36, c: 0.14 };
  expect(haveTheirShare(shares, ['b'])).toBe(true);
  expect(haveTheirShare(shares, ['b', 'c'])).toBe(false);
  expect(haveTheirShare(shares, ['d'])).toBe(false);
});

test('what is lost has moved once the last one that it held up is through', () => {
  const courses = [
    { asked: 0, seen: 2000 },
    { asked: 5000, seen: 11_000 },
    { asked: 9000, seen: 11_200 },
    { asked: 12_000, seen: 12_010 },
  ];
  expect(lastLate(courses, 5100, 1000)).toBe(6100);
  expect(lastLate(courses.slice(3), 5100, 1000)).toBe(0);
  expect(lastLate(courses.slice(0, 1), 5100, 1000)).toBe(0);
});
