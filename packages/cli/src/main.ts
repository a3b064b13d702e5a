#!/usr/bin/env node
import { userInfo } from 'node:os';
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
process.exitCode = await run(process.argv.slice(2), { env: process.env, user: userName(), print }, complain);
