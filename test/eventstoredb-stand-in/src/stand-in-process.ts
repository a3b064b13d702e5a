import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The stand-in as a process of its own, which can be crashed like a server. */
export interface StandInProcess {
  readonly url: string;
  /** SIGKILL; what was acknowledged is in the folder. */
  kill(): Promise<void>;
  /** Again, on the same port and folder. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts it from the repository's root, after the build.
 * @param folder where its events are kept; @param port the same after every crash
 */
export async function startStandInProcess(folder: string, port: number): Promise<StandInProcess> {
  const args = ['test/eventstoredb-stand-in/dist/main.js', '--port', String(port), '--folder', folder];
  let child: ChildProcess;

  async function start(): Promise<string> {
    child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')) as [string];
    return (JSON.parse(line) as { url: string }).url;
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return {
    url: await start(),
    start: async () => void (await start()),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
