/** One preference of a request. */
export interface Preference {
  /** Empty when it has none. */
  readonly value: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** `name`, `name=value` or `name="value"`, up to the `;` before its next parameter or the `,` before the next preference. */
const PART = /\s*([^\s=;,"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?\s*([;,]|$)/gy;

/** Reads a Prefer header (RFC 7240), by name in lower case; the first of a name counts. Ends where it is none. */
export function preferencesOf(header: string | undefined): ReadonlyMap<string, Preference> {
  const preferences = new Map<string, { value: string; parameters: Map<string, string> }>();
  let open: { value: string; parameters: Map<string, string> } | undefined;
  for (const [, name = '', quoted, bare = '', end] of (header ?? '').matchAll(PART)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    const key = name.toLowerCase();
    if (open !== undefined) open.parameters.set(key, value);
    else {
      open = { value, parameters: new Map() };
      if (!preferences.has(key)) preferences.set(key, open);
    }
    if (end !== ';') open = undefined;
  }
  return preferences;
}

/** @returns the milliseconds that `wait=<seconds>` asks for, at most the limit; undefined when it does not ask */
export function waitOf(preferences: ReadonlyMap<string, Preference>, limitMs: number): number | undefined {
  const { value = '' } = preferences.get('wait') ?? {};
  return /^\d{1,6}$/.test(value) ? Math.min(Number(value) * 1000, limitMs) : undefined;
}
