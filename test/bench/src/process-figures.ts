import { readFileSync } from 'node:fs';

// What Linux tells of a process, from outside.

/** Resident memory, MB. */
export function memoryOf(pid: number): number {
  return told(pid, 'status', /^VmRSS:\s+(\d+) kB$/m) / 1024;
}

/** Bytes written so far, to sockets and files: about as many as work was done, and hardly any while it starts or rests. */
export function writtenBy(pid: number): number {
  return told(pid, 'io', /^wchar: (\d+)$/m);
}

function told(pid: number, file: string, what: RegExp): number {
  return Number(what.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);
}
