import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Command, type CommandName } from '../protocol/commands.ts';
import { createUnframer, frame } from '../protocol/framing.ts';
import { decodePackage, encodePackage, type Login, type TcpPackage } from '../protocol/tcp-package.ts';

/** One client's connection. */
export interface Connection {
  readonly id: string;
  send(command: CommandName, correlationId: string, data?: Buffer): void;
  /** Ends it at once, without a word: what was not sent yet is lost. */
  drop(): void;
  onClose(listener: () => void): void;
  /** From the last Authenticate, right or wrong: it goes for packages that carry no login of their own. */
  login: Login | undefined;
}

/** How often a silent client is asked for a sign of life, and how long it may take, in ms. */
export interface Heartbeat {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Reads packages from a socket. Any package is a sign of life; a client that gives none is dropped. */
export function serveConnection(
  socket: Socket,
  heartbeat: Heartbeat,
  onPackage: (connection: Connection, received: TcpPackage) => void,
): Connection {
  const closeListeners: (() => void)[] = [];
  let timer: NodeJS.Timeout;

  const connection: Connection = {
    id: randomUUID(),
    login: undefined,
    send(command, correlationId, data = Buffer.alloc(0)) {
      if (!socket.destroyed) socket.write(frame(encodePackage({ command: Command[command], correlationId, data })));
    },
    drop: () => void socket.destroy(),
    onClose(listener) {
      // A request can be answered after its connection is gone.
      if (socket.destroyed) listener();
      else closeListeners.push(listener);
    },
  };

  const waitForSilence = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      connection.send('HeartbeatRequest', randomUUID());
      timer = setTimeout(connection.drop, heartbeat.timeoutMs);
    }, heartbeat.intervalMs);
  };
  const unframe = createUnframer((content) => onPackage(connection, decodePackage(content)));

  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    waitForSilence();
    try {
      unframe(chunk);
    } catch {
      // Bytes that are no package: nothing after them can be trusted either.
      connection.drop();
    }
  });
  socket.on('error', connection.drop);
  socket.on('close', () => {
    clearTimeout(timer);
    for (const listener of closeListeners) listener();
  });
  waitForSilence();
  return connection;
}
