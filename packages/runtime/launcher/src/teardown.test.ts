import { createTeardown } from './teardown.ts';

test('stops in the opposite order, once, whatever fails', async () => {
  const seen: unknown[] = [];
  const teardown = createTeardown((err) => seen.push(err));
  teardown.add(async () => void seen.push('first'));
  teardown.add(() => Promise.reject('failed'));
  teardown.add(async () => void seen.push('last'));
  await Promise.all([teardown.run(), teardown.run()]);
  expect(seen).toEqual(['last', 'failed', 'first']);
});

test('what is started while it stops is stopped too', async () => {
  const seen: string[] = [];
  const teardown = createTeardown(() => {});
  await teardown.run();
  expect(teardown.begun).toBe(true);
  teardown.add(async () => void seen.push('late'));
  await teardown.run();
  expect(seen).toEqual(['late']);
});
