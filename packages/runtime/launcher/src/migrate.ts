import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { lastLines } from '@daybook/local-servers';

const SHOWN_LINES = 15;

/** Runs the script that creates and upgrades the database schemas. Throws, with the end of its log, if it fails. */
export async function migrate(script: string, env: Record<string, string>, logFile: string): Promise<void> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0)
    throw new Error(`migrating the database schemas failed; the end of its log:\n${lastLines(logFile, SHOWN_LINES)}`);
}
