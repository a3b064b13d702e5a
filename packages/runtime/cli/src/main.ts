#!/usr/bin/env node
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { loadApp } from '@daybook/app';
import { progressOn } from './progress-on.ts';
import { run } from './run.ts';

/** A user id without a name, as in a container, has none to give. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

// Whoever reads the output may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const print = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);
const interrupted = () => Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => {});
const around = {
  env: process.env,
  cwd: process.cwd(),
  loadApp,
  user: userName(),
  print,
  showProgress: progressOn(process.stdout),
  interrupted,
};
const code = await run(process.argv.slice(2), around, complain);
// A service that this process runs has set its own.
if (code !== 0) process.exitCode = code;
