import { Unavailable } from '@daybook/core';
import type { Sending, SendingListener } from './sending.ts';
import type { Outgoing } from './wire.ts';

/** What takes a message into the order of sending, and forgets it again. */
interface Sender {
  send(message: Outgoing, listener: SendingListener): Sending;
  drop(sending: Sending): void;
}

/**
 * Sends a message. Resolves when the broker holds it.
 * @param pointless aborted when it need not be sent any more
 * @throws MalformedMessage; Unavailable after `timeoutMs`, or when it has become pointless
 */
export function untilConfirmed(
  sender: Sender,
  message: Outgoing,
  timeoutMs: number,
  pointless: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let sending: Sending | undefined;
    const giveUp = (why: string) => {
      end();
      if (sending !== undefined) sender.drop(sending);
      reject(new Unavailable('RabbitMQ', why));
    };
    const timer = setTimeout(() => giveUp(`no confirmation within ${timeoutMs} ms`), timeoutMs);
    const onPointless = () => giveUp('what it is a copy of has gone back to its queue');
    const end = () => {
      clearTimeout(timer);
      pointless?.removeEventListener('abort', onPointless);
    };
    if (pointless?.aborted) return onPointless();
    pointless?.addEventListener('abort', onPointless);
    sending = sender.send(message, {
      awaitsReply: false,
      confirmed() {
        end();
        resolve();
      },
      failed(error) {
        end();
        reject(error);
      },
    });
  });
}
