import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithThisProcess, lastLines } from '@daybook/local-servers';
import { afterEnd, DEFAULT_POLICY, NO_RESTARTS, type RestartPolicy } from './restart-policy.ts';

const STOP_TIMEOUT_MS = 12_000;
const READY_TIMEOUT_MS = 60_000;
const SHOWN_LINES = 12;
/**
 * As in the Dockerfile. A service needs a tenth of it; V8 lets garbage pile up to several times what is in use where its
 * limit is larger, which by default it is with the machine.
 */
const HEAP = '--max-old-space-size=512';

export interface ServiceSpec {
  name: string;
  /** The JavaScript file to run. */
  script: string;
  /** Added to this process's environment; `HEALTH_PORT` is where `/readyz` is asked. */
  env: Record<string, string>;
  /** Gets all output, appended. */
  logFile: string;
  policy?: Partial<RestartPolicy>;
  /** Gets a line whenever it ended though nobody ended it, and when it is started again. */
  tell?: (line: string) => void;
}

export interface SupervisedService {
  readonly name: string;
  /** Where it says whether it is ready. */
  readonly readyUrl: string;
  /** Undefined between the end of one process and the start of the next. */
  readonly pid: number | undefined;
  /** How often it was started again. */
  readonly restarts: number;
  /** Resolves, if ever, when it ended too often and was given up; the error has the end of its log. */
  readonly givenUp: Promise<Error>;
  /** Waits until `/readyz` answers 200. Throws, with the end of its log, after `timeoutMs` or when it is given up. */
  ready(timeoutMs?: number): Promise<void>;
  /** Sends a signal to the process as something outside would: if that ends it, it is started again. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, after 12 s SIGKILL; it is not started again. */
  stop(): Promise<void>;
}

function spawnService({ script, env, logFile }: ServiceSpec): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  // Detached, it does not get the terminal's Ctrl-C, so that services stop in the order that the launcher chooses.
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    env: { ...process.env, NODE_OPTIONS: `${HEAP} ${process.env.NODE_OPTIONS ?? ''}`, ...env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const release = child.pid === undefined ? () => {} : endWithThisProcess(child.pid, 'SIGKILL');
  child.once('exit', release);
  return child;
}

/** Runs a script as a process of its own and starts it again whenever it ends, as the policy says, until stopped. */
export function supervise(spec: ServiceSpec): SupervisedService {
  const policy: RestartPolicy = { ...DEFAULT_POLICY, ...spec.policy };
  const failure = (what: string) => new Error(`${spec.name} ${what}\n${lastLines(spec.logFile, SHOWN_LINES)}`);
  const abort = new AbortController();
  let child: ChildProcess | undefined;
  let restarts = 0;
  let givenUp: Error | undefined;
  let giveUp: (reason: Error) => void = () => {};
  const givenUpLater = new Promise<Error>((resolve) => {
    giveUp = resolve;
  });

  /** @returns how it ended */
  async function runOnce(): Promise<string> {
    const started = spawnService(spec);
    child = started;
    const how = await new Promise<string>((resolve) => {
      started.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      started.once('error', (error) => resolve(error.message));
    });
    child = undefined;
    return how;
  }

  async function runAlways(): Promise<void> {
    let history = NO_RESTARTS;
    for (;;) {
      const startedAt = Date.now();
      const how = await runOnce();
      if (abort.signal.aborted) return;
      const next = afterEnd(policy, history, startedAt, Date.now());
      if (next === 'give-up') {
        givenUp = failure(`ended more than ${policy.maxRestarts} times within ${policy.windowMs / 1000} s`);
        giveUp(givenUp);
        return;
      }
      history = next.history;
      spec.tell?.(`${spec.name} ended (${how}): started again in ${next.delayMs / 1000} s; its log is ${spec.logFile}`);
      await sleep(next.delayMs, undefined, { signal: abort.signal }).catch(() => {});
      if (abort.signal.aborted) return;
      restarts += 1;
    }
  }
  const ended = runAlways();

  const readyUrl = `http://127.0.0.1:${spec.env.HEALTH_PORT}/readyz`;
  async function isReady(): Promise<boolean> {
    try {
      const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false;
    }
  }

  return {
    name: spec.name,
    readyUrl,
    get pid() {
      return child?.pid;
    },
    get restarts() {
      return restarts;
    },
    givenUp: givenUpLater,
    kill: (signal) => void child?.kill(signal),
    async ready(timeoutMs = READY_TIMEOUT_MS) {
      const deadline = Date.now() + timeoutMs;
      while (!(await isReady())) {
        if (givenUp) throw givenUp;
        if (abort.signal.aborted) throw new Error(`${spec.name} was stopped before it was ready`);
        if (Date.now() > deadline) throw failure(`is not ready after ${timeoutMs / 1000} s`);
        await sleep(100);
      }
    },
    async stop() {
      abort.abort();
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
