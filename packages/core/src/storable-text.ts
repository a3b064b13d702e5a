import type { Issue } from './fault.ts';

/**
 * The texts in JSON data that a database can't keep: with a NUL, or with half a surrogate pair, as in `"a\u0000"` and
 * `"\ud800"`. Both are valid JSON; an event that has one could be stored, but no read model could show it.
 */
export function unstorableTexts(data: unknown, path = ''): readonly Issue[] {
  if (typeof data === 'string') {
    const storable = !data.includes('\0') && !/\p{Surrogate}/u.test(data);
    return storable ? [] : [{ path, message: 'has a character that is none: NUL, or half a surrogate pair' }];
  }
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) =>
    unstorableTexts(value, path === '' ? name : `${path}.${name}`),
  );
}
