import type { Log } from '@daybook/local-servers';

/** Prints lines with the seconds since it was made, so that a slow step shows. */
export function createProgress(print: Log = console.log): Log {
  const start = performance.now();
  return (line) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
    print(`${seconds} s  ${line}`);
  };
}
