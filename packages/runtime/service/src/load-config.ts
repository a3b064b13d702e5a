import type { z } from 'zod';
import { configFrom, InvalidConfiguration } from './config.ts';

/** Like {@link configFrom} for a process that can't go on: says what is wrong on stderr, and exits with 1. */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema): z.output<Schema> {
  try {
    return configFrom(schema) as z.output<Schema>;
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    for (const line of error.lines) process.stderr.write(`${line}\n`);
    process.exit(1);
  }
}
