import { z } from 'zod';
import { isDevelopmentOnly } from './field.ts';

/** A line of the documentation of a service's configuration. */
export interface SettingRow {
  readonly variable: string;
  /** As it is written in the environment; empty when there is none. */
  readonly default: string;
  readonly what: string;
}

/** @returns the variables of a configuration schema, in its order, for the documentation */
export function settingsTable(schema: z.ZodObject): SettingRow[] {
  return Object.entries(schema.shape).map(([variable, field]) => {
    const preset = z.safeParse(field, undefined);
    const value = preset.success && preset.data !== undefined ? String(preset.data) : '';
    return {
      variable,
      default: isDevelopmentOnly(field) ? `${value} (development only)` : value,
      what: z.globalRegistry.get(field)?.description ?? '',
    };
  });
}
