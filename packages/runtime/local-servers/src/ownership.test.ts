import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder, FolderInUse, releaseFolder } from './ownership.ts';
import { startTimeOf } from './processes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ownedBy = (pid: number, startedAt: string | undefined) =>
  writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid, startedAt }));

test('a folder can be claimed again by its owner, and by anyone once released', () => {
  claimFolder(folder);
  expect(() => claimFolder(folder)).not.toThrow();
  releaseFolder(folder);
  expect(() => claimFolder(folder)).not.toThrow();
});

test('a living owner keeps the folder', () => {
  const other = spawn('sleep', ['60']);
  const pid = other.pid ?? 0;
  ownedBy(pid, startTimeOf(pid));
  expect(() => claimFolder(folder)).toThrow(FolderInUse);
  other.kill('SIGKILL');
});

test('a dead owner does not, even when its pid is in use again', () => {
  ownedBy(process.ppid, 'another time');
  expect(() => claimFolder(folder)).not.toThrow();
});
