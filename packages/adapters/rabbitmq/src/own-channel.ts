import type { Channel } from 'amqplib';
import { closeWithin, inTime } from './bounded.ts';

const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Does something on a channel of its own. Where the connection is lost meanwhile, amqplib may never answer: the close is waited
 * for by nobody, and all else for so long.
 * @param open gives the channel
 * @param ms milliseconds, for the opening and the work together
 * @param what names the work
 * @throws what the work throws; Error that names it when it takes longer
 */
export function onOwnChannel<Result>(
  open: () => Promise<Channel>,
  { ms, what }: { readonly ms: number; readonly what: string },
  work: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  return inTime(opened(), ms, what);

  async function opened(): Promise<Result> {
    const channel = await open();
    // Where the broker closes it, the work is told.
    channel.on('error', () => {});
    try {
      return await work(channel);
    } finally {
      void closeWithin(channel, CLOSE_TIMEOUT_MS);
    }
  }
}
