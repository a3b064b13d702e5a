import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./child.js', import.meta.url));
const READY_POLL_MS = 25;
/** After this a process that was asked to stop is killed, milliseconds; longer than it gives itself. */
const STOP_TIMEOUT_MS = 30_000;

/** The app's services in a process of their own. */
export interface AppProcess {
  /** Resolves with the exit code when the process ends, whatever the reason. */
  readonly ended: Promise<number | null>;
  /** Lets it load the app and start. Resolves with true once it is ready, with false when it ended before. */
  start(): Promise<boolean>;
  /** Waits until what is in hand is finished. */
  stop(): Promise<void>;
}

/**
 * Starts a process that has Daybook loaded, and waits to be told to start.
 * @param env what the services read
 * @param healthUrl where it says that it is ready
 * @param show gets its output
 */
export function spawnApp(env: NodeJS.ProcessEnv, healthUrl: string, show: (output: string) => void): AppProcess {
  const child: ChildProcess = spawn(process.execPath, ['--enable-source-maps', SCRIPT], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // In a group of its own: Ctrl-C reaches it through the parent alone, in order.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', show);
  }
  const loaded = once(child, 'message').then(
    () => true,
    () => false,
  );
  let over = false;
  const ended = once(child, 'exit').then(
    ([code]: (number | null)[]) => {
      over = true;
      return code ?? null;
    },
    () => {
      over = true;
      return null;
    },
  );

  async function isReady(): Promise<boolean> {
    try {
      return (await fetch(healthUrl, { signal: AbortSignal.timeout(1000) })).ok;
    } catch {
      return false;
    }
  }

  return {
    ended,
    async start() {
      await Promise.race([loaded, ended]);
      if (over) return false;
      child.send('start', () => {});
      while (!over) {
        if (await isReady()) return true;
        await sleep(READY_POLL_MS);
      }
      return false;
    },
    async stop() {
      if (!over) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
