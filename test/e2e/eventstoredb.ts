import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@daybook/local-servers';
import type { OtherEventStore } from './system.ts';

/** For titles: what `startEventStoreDb` starts. */
export const whichEventStoreDb = process.env.DAYBOOK_TEST_EVENTSTORE_URL
  ? 'EventStoreDB of DAYBOOK_TEST_EVENTSTORE_URL'
  : 'EventStoreDB stand-in, which speaks the protocol and is no EventStoreDB';

/** The EventStoreDB that the environment names, or else the stand-in as a process of its own, with durable data. */
export async function startEventStoreDb(): Promise<OtherEventStore> {
  const url = process.env.DAYBOOK_TEST_EVENTSTORE_URL;
  if (url) return { url, remove: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'daybook-test-eventstoredb-'));
  const port = await freePort();
  let child: ChildProcess;

  async function start(): Promise<string> {
    const args = ['packages/eventstoredb-stand-in/dist/main.js', '--port', String(port), '--folder', folder];
    child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')) as [string];
    return (JSON.parse(line) as { url: string }).url;
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return {
    url: await start(),
    kill: () => end('SIGKILL'),
    start: async () => void (await start()),
    async remove() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
