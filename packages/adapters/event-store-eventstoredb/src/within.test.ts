import { NoAnswer, within } from './within.ts';

test('an answer in time is the answer', async () => {
  expect(await within(1000, 'asking', Promise.resolve(1))).toBe(1);
  await expect(within(1000, 'asking', Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a promise that never settles is given up, and what comes late is nobody’s error', async () => {
  let fail: (error: Error) => void = () => {};
  const late = new Promise<never>((_, reject) => {
    fail = reject;
  });
  await expect(within(5, 'asking', late)).rejects.toBeInstanceOf(NoAnswer);
  fail(new Error('late'));
  await new Promise((resolve) => setTimeout(resolve, 5));
});
