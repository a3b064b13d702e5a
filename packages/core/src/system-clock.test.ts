import { systemClock } from './system-clock.ts';

test('a sleep ends early on the signal, without an error', async () => {
  const stopping = new AbortController();
  const slept = systemClock.sleep(60_000, stopping.signal);
  stopping.abort();
  await expect(slept).resolves.toBeUndefined();
  await expect(systemClock.sleep(60_000, stopping.signal)).resolves.toBeUndefined();
});
