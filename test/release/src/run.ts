import { spawn } from 'node:child_process';
import { endWithThisProcess } from '@daybook/local-servers';

/** How to run a program. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds until it is killed, with all that it started. */
  readonly timeoutMs: number;
}

/**
 * Runs a program to its end. @returns what it printed
 * @throws Error with the end of what it printed when it fails or takes too long
 */
export function run(command: string, args: readonly string[], { cwd, env, timeoutMs }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const forget = child.pid === undefined ? () => {} : endWithThisProcess(child.pid, 'SIGKILL');
    let output = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup(child.pid);
    }, timeoutMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      forget();
      if (code === 0) return resolve(output);
      const why = late ? `took longer than ${timeoutMs / 1000} s` : `ended with exit code ${code}`;
      reject(new Error(`${command} ${args.join(' ')} ${why}\n${lastOf(output)}`));
    });
  });
}

/** The end of a long output. */
export function lastOf(output: string, lines = 40): string {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Ends a process that leads a group of its own, with the whole group. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
