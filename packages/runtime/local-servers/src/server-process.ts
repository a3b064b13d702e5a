import { spawn } from 'node:child_process';
import { endWithThisProcess } from './last-resort.ts';
import { gone, killTree, sendSignal } from './processes.ts';
import { lastLines, withAppender } from './until.ts';

export interface ServerProcess {
  readonly pid: number;
  /** Throws, with the end of its log, if the process has ended. */
  assertRunning(): void;
  /** Resolves, if ever, when it ended though nobody ended it; with the reason and the end of its log. */
  readonly crashed: Promise<Error>;
  /** Sends the signal and waits for the end of the process; after `timeoutMs` with SIGKILL. */
  end(signal: NodeJS.Signals, timeoutMs: number): Promise<void>;
  /** Ends the process and all its descendants with SIGKILL. */
  kill(): Promise<void>;
}

export interface ServerCommand {
  /** For messages, e.g. "PostgreSQL". */
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  uid?: number;
  gid?: number;
  /** Standard output and error are appended here. */
  logFile: string;
  /** What it gets when this process dies without having ended it. */
  lastResort: NodeJS.Signals;
}

/** Starts a server in the foreground, as a child in a session of its own so that Ctrl-C does not reach it. */
export function spawnServer(server: ServerCommand): ServerProcess {
  const { name, command, args, env, cwd, uid, gid, logFile, lastResort } = server;
  const child = withAppender(logFile, (fd) =>
    spawn(command, args, {
      env,
      cwd,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      stdio: ['ignore', fd, fd],
      detached: true,
    }),
  );
  let failure: Error | undefined;
  let ending = false;
  let crash: (reason: Error) => void = () => {};
  const crashed = new Promise<Error>((resolve) => {
    crash = resolve;
  });
  child.on('error', (err) => {
    failure = err;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} cannot be started: ${command}`);
  const release = endWithThisProcess(pid, lastResort);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      failure ??= new Error(`${name} ended (${signal ?? code}):\n${lastLines(logFile, 15)}`);
      release();
      if (!ending) crash(failure);
      resolve();
    });
  });
  // A server that nobody stops does not keep this process alive, but waiting for its end does.
  child.unref();
  const kill = async () => {
    ending = true;
    child.ref();
    await killTree(pid);
    await ended;
  };

  return {
    pid,
    kill,
    crashed,
    assertRunning() {
      if (failure) throw failure;
    },
    async end(signal, timeoutMs) {
      ending = true;
      child.ref();
      sendSignal(pid, signal);
      if (await gone([pid], timeoutMs)) await ended;
      else await kill();
    },
  };
}
