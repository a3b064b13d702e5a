/** One preference of a request. */
export interface Preference {
  /** Empty when it has none. */
  readonly value: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A quoted text, a word, or one of the characters between them; space in between. Each place is looked at once. */
const TOKEN = /\s+|"((?:[^"\\]|\\.)*)"|([^\s=;,"]+)|([=;,])/gy;

type Token = { readonly kind: 'word' | 'quoted' | '=' | ';' | ','; readonly text: string };

/** The tokens up to the first place that is none. The second value: whether the whole header was read. */
function tokensOf(header: string): { tokens: Token[]; whole: boolean } {
  const tokens: Token[] = [];
  let end = 0;
  for (const [all, quoted, word, mark] of header.matchAll(TOKEN)) {
    end += all.length;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/g, '$1') });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (mark !== undefined) tokens.push({ kind: mark as '=' | ';' | ',', text: mark });
  }
  return { tokens, whole: end === header.length };
}

/**
 * Reads a Prefer header (RFC 7240), by name in lower case; the first of a name counts. Ends where it is none. The time it
 * takes grows with the header's length, and no faster.
 */
export function preferencesOf(header: string | undefined): ReadonlyMap<string, Preference> {
  const preferences = new Map<string, { value: string; parameters: Map<string, string> }>();
  const { tokens, whole } = tokensOf(header ?? '');
  let open: { value: string; parameters: Map<string, string> } | undefined;
  for (let at = 0; at < tokens.length; ) {
    const name = tokens[at++];
    if (name?.kind !== 'word') break;
    let value = '';
    if (tokens[at]?.kind === '=') {
      const given = tokens[++at];
      if (given?.kind === 'word' || given?.kind === 'quoted') {
        value = given.text;
        at++;
      }
    }
    const end = tokens[at++];
    // What nothing ends, though something follows, is no preference.
    if (end === undefined ? !whole : end.kind !== ';' && end.kind !== ',') break;
    const key = name.text.toLowerCase();
    if (open !== undefined) open.parameters.set(key, value);
    else {
      open = { value, parameters: new Map() };
      if (!preferences.has(key)) preferences.set(key, open);
    }
    if (end?.kind !== ';') open = undefined;
  }
  return preferences;
}

/** @returns the milliseconds that `wait=<seconds>` asks for, at most the limit; undefined when it does not ask */
export function waitOf(preferences: ReadonlyMap<string, Preference>, limitMs: number): number | undefined {
  const { value = '' } = preferences.get('wait') ?? {};
  return /^\d{1,6}$/.test(value) ? Math.min(Number(value) * 1000, limitMs) : undefined;
}
