import type { WriteStream } from 'node:tty';

/** Milliseconds between two lines, where lines can't be written over. */
const EVERY_MS = 5000;

/** Shows lines in one place on a terminal; elsewhere, as in a log of a job, now and then one below the other. */
export function progressOn(out: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>): (line: string) => void {
  let last = 0;
  return (line) => {
    if (out.isTTY) {
      // To the first column, and clear to the end. A line that wraps could not be written over.
      out.write(`\r\u001b[K${line.slice(0, out.columns - 1)}`);
    } else if (Date.now() - last >= EVERY_MS) {
      last = Date.now();
      out.write(`${line}\n`);
    }
  };
}
