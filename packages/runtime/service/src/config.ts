import type { z } from 'zod';
import { isDevelopmentOnly, isServerUrl } from './field.ts';
import { masked } from './masked.ts';

/** The environment does not say what the service needs to know. */
export class InvalidConfiguration extends Error {
  /** One for each variable: its name, its value, what is allowed. */
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'InvalidConfiguration';
    this.lines = lines;
  }
}

/** Passwords that stand in public files; whoever knows this project knows them. */
const WELL_KNOWN_PASSWORDS = new Set([
  'daybook',
  'guest',
  'postgres',
  'password',
  'admin',
  'changeit',
  'development-only',
]);

/**
 * Configuration from the environment. An empty variable counts as absent.
 * With NODE_ENV=production what is marked as a development default must be given, and without a well-known password.
 * @throws InvalidConfiguration with everything that is wrong, not only the first
 */
export function configFrom<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: NodeJS.ProcessEnv = process.env,
): z.output<z.ZodObject<Shape>> {
  const given = new Map<string, string>();
  for (const variable of Object.keys(schema.shape)) {
    // eslint-disable-next-line daybook/no-inherited-lookup -- the names are the schema's, and the environment inherits nothing
    const value = env[variable]?.trim();
    if (value !== undefined && value !== '') given.set(variable, value);
  }
  const parsed = schema.safeParse(Object.fromEntries(given));
  const lines = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => complaint(String(path[0]), given, message)),
    ...(env.NODE_ENV === 'production' ? unfitForProduction(schema, given) : []),
  ];
  if (parsed.success && lines.length === 0) return parsed.data;
  throw new InvalidConfiguration(lines);
}

function complaint(variable: string, given: ReadonlyMap<string, string>, allowed: string): string {
  const value = given.get(variable);
  return value === undefined
    ? `${variable} is missing; allowed: ${allowed}`
    : `${variable}=${masked(variable, value)} is not allowed; allowed: ${allowed}`;
}

function unfitForProduction(schema: z.ZodObject, given: ReadonlyMap<string, string>): string[] {
  return Object.entries(schema.shape)
    .filter(([, field]) => isServerUrl(field))
    .flatMap(([variable, field]) => {
      const value = given.get(variable);
      if (value === undefined)
        return isDevelopmentOnly(field) ? [`${variable} is missing; its default is for development only`] : [];
      if (!WELL_KNOWN_PASSWORDS.has(passwordIn(value))) return [];
      return [`${variable}=${masked(variable, value)} is not allowed; its password is publicly known`];
    });
}

function passwordIn(url: string): string {
  try {
    return decodeURIComponent(new URL(url).password);
  } catch {
    return '';
  }
}
