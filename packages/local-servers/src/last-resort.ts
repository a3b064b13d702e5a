import { type ChildProcess, spawn } from 'node:child_process';
import { sendSignal } from './processes.ts';

/** Ends when it reads a line; when its input closes without one, this process is dead, and it sends the signal. */
const GUARD = `trap '' INT TERM HUP; read -r line || kill -s "$1" "$2"`;

function startGuard(pid: number, signal: NodeJS.Signals): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const guard = spawn('/bin/sh', ['-c', GUARD, 'daybook-guard', signal.replace('SIG', ''), String(pid)], {
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

/**
 * Sends `signal` to a child process when this process ends without having stopped it, however it ends: by exit, by a
 * signal, even by SIGKILL. Returns a function to call once the child is gone.
 */
export function endWithThisProcess(pid: number, signal: NodeJS.Signals): () => void {
  const guard = startGuard(pid, signal);
  const onExit = () => void sendSignal(pid, signal);
  process.on('exit', onExit);
  return () => {
    process.off('exit', onExit);
    guard?.stdin?.end('done\n');
  };
}
