#!/usr/bin/env node
import { once } from 'node:events';
import { userInfo } from 'node:os';
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

const print = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);
const interrupted = () => once(process, 'SIGINT').then(() => {});
const around = { env: process.env, user: userName(), print, showProgress: progressOn(process.stdout), interrupted };
process.exitCode = await run(process.argv.slice(2), around, complain);
