import { z } from 'zod';

/** A whole number within limits. */
export function wholeNumber(what: string, { min, max, preset }: { min: number; max: number; preset: number }) {
  const error = `a whole number from ${min} to ${max}`;
  return z.coerce
    .number({ error })
    .int({ error })
    .min(min, { error })
    .max(max, { error })
    .default(preset)
    .meta({ description: what });
}

/** A TCP port; 0 lets the system choose one. */
export function portNumber(what: string, preset: number) {
  return wholeNumber(what, { min: 0, max: 65_535, preset });
}

/** One of a few words; the first is the default unless another is named. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  what: string,
  words: Words,
  preset: Words[number] = words[0],
) {
  return z
    .enum(words, { error: `one of ${words.join(', ')}` })
    .default(preset as never)
    .meta({ description: what });
}

/** Any text. */
export function text(what: string, preset: string) {
  return z.string().default(preset).meta({ description: what });
}

/**
 * A URL of one scheme, or one of several. Its default holds only on a developer's machine: production has to say.
 * @param schemes without the colon: `postgres`
 */
export function serverUrl(what: string, { schemes, preset }: { schemes: readonly string[]; preset: string }) {
  return urlOf(schemes).default(preset).meta({ description: what, serverUrl: true, developmentOnly: true });
}

function urlOf(schemes: readonly string[]) {
  const error = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return z
    .url({ protocol: new RegExp(`^(${schemes.join('|').replaceAll('+', '\\+')})$`), error })
    .refine((url) => url.includes('://'), { error });
}

/** A URL of one of several schemes that may be left out. @param schemes without the colon: `postgres` */
export function optionalServerUrl(what: string, schemes: readonly string[]) {
  return urlOf(schemes).optional().meta({ description: what, serverUrl: true });
}

/** Text that may be left out. */
export function optionalText(what: string) {
  return z.string().optional().meta({ description: what });
}

/** Whether the field's default must not be relied on in production. */
export function isDevelopmentOnly(field: z.core.$ZodType | undefined): boolean {
  return field !== undefined && z.globalRegistry.get(field)?.developmentOnly === true;
}

/** Whether the field is a URL that may hold a password. */
export function isServerUrl(field: z.core.$ZodType | undefined): boolean {
  return field !== undefined && z.globalRegistry.get(field)?.serverUrl === true;
}
