import { setMaxListeners } from 'node:events';
import type { Clock } from './ports/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (signal === undefined) return;
      // A service may have hundreds of commands waiting for its store, which Node would take for a leak beyond ten.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', done);
    }),
};
