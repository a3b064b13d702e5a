import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { type Checks, type Health, startHealthServer } from './health-server.ts';
import { loadConfig } from './load-config.ts';
import { createLog } from './log.ts';
import type { serviceSettings } from './settings.ts';

/** A service that was started. */
export interface Running {
  readonly ready: Checks;
  /** Takes in nothing more, finishes what is in hand, closes connections. */
  stop(): Promise<void>;
}

type ServiceSchema = z.ZodObject<ReturnType<typeof serviceSettings>>;

/**
 * The life of a service: configuration, log, health, start, and an orderly stop on SIGTERM or SIGINT.
 * Exit codes: 0 stopped in time; 1 invalid configuration, failed start, uncaught error, or not stopped in time.
 * @param start connects and begins; it may wait for what it needs, the process answers /livez and signals meanwhile
 */
export async function runService<Schema extends ServiceSchema>(
  name: string,
  schema: Schema,
  start: (config: z.output<Schema>, log: Logger) => Promise<Running>,
): Promise<void> {
  const config = loadConfig(schema);
  const log = createLog(name, config.LOG_LEVEL);
  const health: Health = { phase: 'starting', checks: {} };
  let running: Running | undefined;

  stopOnSignal(log, config.SHUTDOWN_TIMEOUT_MS, async () => {
    health.phase = 'stopping';
    await running?.stop();
  });
  await startHealthServer(health, { port: config.HEALTH_PORT, host: config.HOST });
  log.info({ health_port: config.HEALTH_PORT }, 'service starts');
  running = await start(config, log).catch((err: unknown) => exitAsFailed(log, err));
  health.checks = running.ready;
  if (health.phase === 'starting') health.phase = 'running';
  log.info({}, 'service runs');
}

/** Its caller may catch the error, as the command line does: then the health server alone would keep the process up for ever. */
function exitAsFailed(log: Logger, err: unknown): never {
  log.fatal({ err }, 'the service could not start and exits');
  process.exit(1);
}

/** An error that nobody caught leaves the state unknown: nothing is finished then, all of it is still with broker and store. */
function stopOnSignal(log: Logger, delay: number, stop: () => Promise<void>): void {
  const logger = { error: (err: unknown) => log.error({ err }, 'the service failed to stop cleanly') };
  const onTimeout = () =>
    log.error({ timeout_ms: delay }, 'stopping took too long; the service exits with unfinished work');
  const onSecondSignal = () => log.warn({}, 'received a second signal; the service exits at once');
  closeWithGrace(
    { delay, logger, onTimeout, onSecondSignal, skip: ['SIGUSR2', 'beforeExit'] },
    async ({ err, signal }) => {
      if (err !== undefined) return log.fatal({ err }, 'the service exits after an uncaught error');
      log.info({ signal }, 'service stops');
      await stop();
      log.info({}, 'service stopped');
    },
  );
}
