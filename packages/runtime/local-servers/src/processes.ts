import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface ProcessStatus {
  pid: number;
  parent: number;
  /** Ended, but its parent never asked how: a zombie, which `kill(pid, 0)` takes for alive. */
  ended: boolean;
  /** Tells this process from a later one with the same pid. */
  startedAt: string;
}

const HAS_PROC = existsSync('/proc/self/stat');

function ps(...args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function readProc(pid: number | string): ProcessStatus | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; the third field follows it (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ended = fields[0] === 'Z' || fields[0] === 'X';
    return { pid: Number(pid), parent: Number(fields[1]), ended, startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function readPs(line: string): ProcessStatus | undefined {
  const [pid, parent, state, ...startedAt] = line.trim().split(/\s+/);
  if (!pid || !parent || !state) return undefined;
  return { pid: Number(pid), parent: Number(parent), ended: state.startsWith('Z'), startedAt: startedAt.join(' ') };
}

function statusOf(pid: number): ProcessStatus | undefined {
  if (HAS_PROC) return readProc(pid);
  return readPs(ps('-o', 'pid=,ppid=,stat=,lstart=', '-p', String(pid)));
}

function allProcesses(): ProcessStatus[] {
  const found = HAS_PROC
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(readProc)
    : ps('-A', '-o', 'pid=,ppid=,stat=,lstart=').split('\n').map(readPs);
  return found.filter((status) => status !== undefined);
}

/** Whether a process with this pid runs; one that has ended but is still listed counts as gone. */
export function isAlive(pid: number): boolean {
  const status = statusOf(pid);
  return status !== undefined && !status.ended;
}

/** When the process started, in the system's own notation; undefined if there is none. */
export function startTimeOf(pid: number): string | undefined {
  const status = statusOf(pid);
  return status?.ended ? undefined : status?.startedAt;
}

/** The process's command line, or '' if there is no such process. */
export function commandLineOf(pid: number): string {
  if (!HAS_PROC) return ps('-o', 'command=', '-p', String(pid)).trim();
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** The pids of a process's children, their children and so on. */
export function descendantsOf(pid: number): number[] {
  const all = allProcesses().filter((status) => !status.ended);
  const below = (parent: number): number[] =>
    all.filter((status) => status.parent === parent).flatMap((status) => [status.pid, ...below(status.pid)]);
  return below(pid);
}

/** Sends a signal; false if the process is gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Waits until none of the processes runs; false if one still does after `timeoutMs`. */
export async function gone(pids: number[], timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Ends a process and all its descendants with SIGKILL and waits until they are gone; throws if one is not. */
export async function killTree(pid: number): Promise<void> {
  // Stopped first, it starts no further child between being listed and being killed.
  sendSignal(pid, 'SIGSTOP');
  const pids = [pid, ...descendantsOf(pid)];
  for (const each of pids) sendSignal(each, 'SIGKILL');
  if (!(await gone(pids, 10_000))) throw new Error(`process ${pid} or a child of it outlived SIGKILL`);
}
