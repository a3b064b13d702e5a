import { createServer } from 'node:net';

/**
 * Below the range that Linux takes for outgoing connections. A port out of that range could be lost while its server
 * restarts, even to a client which retries it and so connects to itself.
 */
const FIRST = 20_000;
const LAST = 31_999;

const given = new Set<number>();

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether a server could listen on the port now, on 127.0.0.1 or on every IPv4 address. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen('127.0.0.1', port)) && (await canListen('0.0.0.0', port));
}

/** A free port of this machine, never the same twice in one process. The wanted port comes first if it is free. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await isFree(wanted))) {
    given.add(wanted);
    return wanted;
  }
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}
