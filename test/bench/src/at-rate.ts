/**
 * Does something at a fixed rate, whatever becomes of it.
 * @param act gets the number, from 0, and when it was due, by performance.now(); a timer is up to a millisecond late
 * @returns when the last was begun
 */
export function atRate(count: number, perSecond: number, act: (n: number, due: number) => void): Promise<void> {
  const began = performance.now();
  let next = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * perSecond));
      for (; next < due; next++) act(next, began + (1000 * (next + 1)) / perSecond);
      if (next < count) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
}
