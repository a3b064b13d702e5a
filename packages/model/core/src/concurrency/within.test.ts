import { within } from './within.ts';

const never = new Promise<never>(() => {});

test('what the work says in time', async () => {
  expect(await within(10_000, Promise.resolve(7))).toBe(7);
  await expect(within(10_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('what is said when the time is over', async () => {
  await expect(within(1, never)).rejects.toThrow('no answer within 1 ms');
  await expect(within(-5, never, () => new TypeError('late'))).rejects.toThrow(TypeError);
});

test('an error after its time ends nothing', async () => {
  let fail: (error: Error) => void = () => {};
  const work = new Promise<never>((_, reject) => {
    fail = reject;
  });
  await expect(within(1, work)).rejects.toThrow('no answer');
  const unhandled = jest.fn();
  process.once('unhandledRejection', unhandled);
  fail(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
