import { createServer, type Server, type ServerResponse } from 'node:http';
import { within } from '@daybook/core';

/** What must answer before the service is of use, by name. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;

/** What the health server reports on; changed by whoever runs the service. */
export interface Health {
  phase: 'starting' | 'running' | 'stopping';
  checks: Checks;
}

/** Milliseconds that a check may take. */
const CHECK_TIMEOUT_MS = 1000;

/**
 * `/livez`: 200 as long as the event loop turns. `/readyz`: 200 when everything the service needs answers, else 503 and what does not.
 * @throws Error when the port is taken
 */
export async function startHealthServer(health: Health, { port, host }: { port: number; host: string }) {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/livez') answer(response, 200, { status: 'alive' });
    else if (path === '/readyz') void readiness(health).then((found) => answer(response, found.code, found.body));
    else answer(response, 404, { status: 'unknown path', paths: ['/livez', '/readyz'] });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server as Server;
}

async function readiness({ phase, checks }: Health): Promise<{ code: number; body: object }> {
  if (phase !== 'running') return { code: 503, body: { status: phase } };
  const failed: Record<string, string> = {};
  const running = Object.entries(checks).map(async ([name, check]) => {
    await within(CHECK_TIMEOUT_MS, check()).catch((error: unknown) => {
      failed[name] = error instanceof Error ? error.message : String(error);
    });
  });
  await Promise.all(running);
  const ready = Object.keys(failed).length === 0;
  return ready ? { code: 200, body: { status: 'ready' } } : { code: 503, body: { status: 'not ready', failed } };
}

function answer(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
