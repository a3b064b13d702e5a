import { connect } from 'node:net';

const PROTOCOL_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]);
const METHOD_FRAME = 1;

/**
 * Opens a connection and waits for the broker's `connection.start`, its first frame, which it sends only once it has
 * booted. Throws if it does not come.
 */
export function amqpAnswers(port: number, timeoutMs = 2_000): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(PROTOCOL_HEADER));
    const finish = (err?: Error) => {
      socket.destroy();
      if (err) reject(err);
      else resolve();
    };
    socket.setTimeout(timeoutMs, () => finish(new Error(`no AMQP broker answers on port ${port}`)));
    socket.once('error', finish);
    socket.once('close', () => finish(new Error(`port ${port} was closed before the AMQP handshake`)));
    socket.once('data', (data) => {
      finish(data[0] === METHOD_FRAME ? undefined : new Error(`port ${port} does not speak AMQP 0-9-1`));
    });
  });
}
