import { connect } from 'node:net';
import esdb, {
  type ConnectionSettings,
  type EventStoreNodeConnection,
  type UserCredentials,
} from 'node-eventstore-client';
import type { Address } from './address.ts';
import { within } from './within.ts';

/** A connection of the client, and who speaks on it: without credentials on each call, a lost first authentication goes unnoticed. */
export interface Connection {
  readonly client: EventStoreNodeConnection;
  readonly user: UserCredentials;
}

/** What becomes of a connection once it was there. After `closed` it is dead. */
export interface ConnectionListener {
  connected(): void;
  disconnected(): void;
  closed(reason: string): void;
}

/** Milliseconds after which the client gives up a request that the server never answers. */
const OPERATION_TIMEOUT = 4000;

/**
 * Opens a connection, and waits until the server has answered on it: the client's `connect` resolves with the server down.
 * @throws Error, NoAnswer
 */
export async function openConnection(
  address: Address,
  { name, timeoutMs, signal }: { name: string; timeoutMs: number; signal: AbortSignal },
  listener: ConnectionListener,
): Promise<Connection> {
  const until = Date.now() + timeoutMs;
  await reach(address, timeoutMs, signal);
  const client = esdb.createConnection(settingsOf(address), { host: address.host, port: address.port }, name);
  let aborted = () => {};
  const opened = new Promise<void>((resolve, reject) => {
    client.on('connected', () => {
      resolve();
      listener.connected();
    });
    client.on('disconnected', () => listener.disconnected());
    // Without a listener for `error`, `closed` does not come after one.
    client.on('error', (error) => reject(error));
    client.on('closed', (reason) => {
      reject(new Error(reason));
      listener.closed(reason);
    });
    aborted = () => reject(new Error('closed'));
    signal.addEventListener('abort', aborted);
  });
  try {
    client.connect().catch(() => {});
    await within(until - Date.now(), `connecting to ${address.host}:${address.port}`, opened);
  } catch (error) {
    client.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', aborted);
  }
  return { client, user: new esdb.UserCredentials(address.user, address.password) };
}

function settingsOf({ tls, verify }: Address): ConnectionSettings {
  return {
    // The default gives up for ever after some two seconds.
    maxReconnections: -1,
    useSslConnection: tls,
    validateServer: tls && verify,
    operationTimeout: OPERATION_TIMEOUT,
    operationTimeoutCheckPeriod: 500,
    // Otherwise it sends a request again and again that was given up long ago.
    failOnNoServerResponse: true,
  };
}

/** The client keeps the socket of an attempt that it gave up, and the process with it; this one is ours to destroy. */
function reach({ host, port }: Address, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      socket.destroy();
      settle();
    };
    const aborted = () => end(() => reject(new Error('closed')));
    const socket = connect({ host, port }, () => end(resolve));
    socket.on('error', (error) => end(() => reject(error)));
    const timer = setTimeout(() => end(() => reject(new Error(`${host}:${port} can't be reached`))), timeoutMs);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted);
  });
}
