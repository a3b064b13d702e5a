import type { Writable } from 'node:stream';

/**
 * What is written within one turn of the event loop leaves in one system call. amqplib writes message by message, and each
 * would be a call of its own: with hundreds of replies and acknowledgements at a time, a quarter of a busy service's work.
 */
export function writeTogether(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let corked = false;
  stream.write = (...args: unknown[]) => {
    if (!corked) {
      corked = true;
      stream.cork();
      process.nextTick(() => {
        corked = false;
        stream.uncork();
      });
    }
    return write(...args);
  };
}
