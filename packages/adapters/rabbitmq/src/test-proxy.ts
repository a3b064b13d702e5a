import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to the broker that can be cut. */
export interface TestProxy {
  readonly url: string;
  /** While it says so, new connections are ended at once, as by a broker that is away. */
  refusing: boolean;
  /** Ends every connection at once, as a broken network does; new ones get through. */
  cut(): void;
  close(): Promise<void>;
}

/** Stands between a client and the broker at `url`. */
export async function startProxy(url: string): Promise<TestProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (proxy.refusing) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxied = new URL(url);
  proxied.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: TestProxy = {
    url: proxied.href,
    refusing: false,
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
