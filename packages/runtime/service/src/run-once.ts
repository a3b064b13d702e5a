import type { Logger } from 'pino';
import type { z } from 'zod';
import { loadConfig } from './load-config.ts';
import { createLog } from './log.ts';
import type { commonSettings } from './settings.ts';

/** The life of a job that ends by itself: configuration, log, work; exits with 0, or with 1 and the reason in the log. */
export async function runOnce<Schema extends z.ZodObject<typeof commonSettings>>(
  name: string,
  schema: Schema,
  work: (config: z.output<Schema>, log: Logger) => Promise<void>,
): Promise<void> {
  const config = loadConfig(schema);
  const log = createLog(name, config.LOG_LEVEL);
  try {
    await work(config, log);
    log.info({}, 'job done');
  } catch (err) {
    log.fatal({ err }, 'job failed');
    process.exitCode = 1;
  }
}
