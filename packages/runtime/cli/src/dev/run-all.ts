import { join } from 'node:path';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';
import { type AppProcess, spawnApp } from './app-process.ts';
import { startLocalSystem } from './local-system.ts';
import { logLines } from './log-lines.ts';
import { watchFiles } from './watch-files.ts';
import { welcome } from './welcome.ts';

/**
 * Runs all services of the app in one process, on servers of its own, until interrupted; with `watch`, again whenever one
 * of its files changes. A process that has Daybook loaded already waits to take over, so that a restart is quick.
 * @throws CommandFailed when the app does not start and nobody watches
 */
export async function runAll(around: CliEnvironment, { watch }: { watch: boolean }): Promise<void> {
  const { cwd, env, print } = around;
  await around.loadApp();
  const interrupted = around.interrupted();
  const system = await startLocalSystem(join(cwd, '.daybook'), env);
  const show = logLines(print);
  const spawn = () => spawnApp(system.env, system.healthUrl, show);
  let running: AppProcess | undefined;
  let standby: AppProcess | undefined = spawn();
  let wanted = Promise.resolve();
  let stopping = false;

  async function start(): Promise<boolean> {
    const next = standby ?? spawn();
    standby = undefined;
    running = next;
    const ready = await next.start();
    if (watch && !stopping) standby = spawn();
    if (watch && ready) void next.ended.then((code) => sayIfUnasked(next, code));
    return ready;
  }
  /** What is stopped here is not the one that runs any more. */
  function sayIfUnasked(ended: AppProcess, code: number | null): void {
    if (stopping || running !== ended) return;
    print(`the app ended ${code === null ? 'by a signal' : `with exit code ${code}`}: waiting for the next change`);
  }
  async function restart(file: string): Promise<void> {
    if (stopping) return;
    const began = performance.now();
    const before = running;
    running = undefined;
    await before?.stop();
    const ready = await start();
    const took = Math.round(performance.now() - began);
    print(ready ? `${file} changed: running again after ${took} ms` : `${file} changed: waiting for the next change`);
  }

  const watcher = watch
    ? watchFiles(cwd, (file) => {
        wanted = wanted.then(() => restart(file));
      })
    : undefined;
  try {
    const ready = await Promise.race([start(), interrupted.then(() => 'interrupted' as const)]);
    if (ready === 'interrupted') return;
    if (ready) print(welcome(system, (await around.loadApp()).contexts, watch));
    else if (watch) print('the app did not start: waiting for a change');
    else throw new CommandFailed('the app did not start; what it printed above says why');
    const gone = watch || running === undefined ? new Promise<never>(() => {}) : running.ended;
    const code = await Promise.race([interrupted, gone]);
    if (typeof code === 'number' && code !== 0) throw new CommandFailed(`the app ended with exit code ${code}`);
  } finally {
    stopping = true;
    await watcher?.stop();
    await wanted;
    await Promise.all([running?.stop(), standby?.stop()]);
    await system.stop();
  }
}
