import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The last lines of a log file, or '' if there is none. */
export function lastLines(file: string, count: number): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/** Runs `use` with a file descriptor that appends to the file, for a child's output. */
export function withAppender<T>(file: string, use: (fd: number) => T): T {
  const fd = openSync(file, 'a');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Tries until `attempt` returns without throwing. Throws its last error after `timeoutMs`, or at once what `giveUp`
 * throws, for example because the server has ended.
 */
export async function until<T>(attempt: () => Promise<T>, timeoutMs: number, giveUp: () => void): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (err) {
      giveUp();
      if (Date.now() > deadline) throw err;
      await sleep(50);
    }
  }
}
