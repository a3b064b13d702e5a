import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { sendSignal } from './processes.ts';

/** Ends when it reads a line; when its input closes without one, this process is dead, and it runs the command. */
export const GUARD = `trap '' INT TERM HUP; read -r line || "$@"`;

function startGuard(command: string[]): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const guard = spawn('/bin/sh', ['-c', GUARD, 'daybook-guard', ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // In a session of its own, Ctrl-C in the terminal does not reach it.
    detached: true,
    cwd: '/',
  });
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  guard.unref();
  // A pipe's stream is a socket at run time; without this it would keep the process running.
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return guard;
}

/** What to do when this process exits: one listener for all, since Node takes more than ten for a leak. */
const atExit = new Set<() => void>();
function doAtExit(): void {
  for (const onExit of atExit) onExit();
}

function atTheEnd(command: string[], onExit: () => void): () => void {
  const guard = startGuard(command);
  if (atExit.size === 0) process.on('exit', doAtExit);
  atExit.add(onExit);
  return () => {
    atExit.delete(onExit);
    if (atExit.size === 0) process.off('exit', doAtExit);
    guard?.stdin?.end('done\n');
  };
}

/**
 * Sends `signal` to a child process when this process ends without having stopped it, however it ends: by exit, by a
 * signal, even by SIGKILL. Returns a function to call once the child is gone.
 */
export function endWithThisProcess(pid: number, signal: NodeJS.Signals): () => void {
  const command = ['kill', '-s', signal.replace('SIG', ''), String(pid)];
  return atTheEnd(command, () => void sendSignal(pid, signal));
}

/** As `endWithThisProcess`, by running a command. */
export function runWhenThisProcessEnds(command: string, ...args: string[]): () => void {
  return atTheEnd([command, ...args], () => void spawnSync(command, args, { stdio: 'ignore' }));
}
