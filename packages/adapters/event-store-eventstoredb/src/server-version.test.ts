import { isTooNew } from './server-version.ts';

test('24.2 is the first version without TCP', () => {
  expect(['4.1.4', '20.10.5.0', '23.10.7', '24.1', '24.2.0.0', '24.10.1', '25.0.0'].map(isTooNew)).toEqual([
    ...Array(4).fill(false),
    ...Array(3).fill(true),
  ]);
});
