import type { Issue } from './fault.ts';

/** How deep data may nest; a database and a client's parser take no more than some thousands, each another number. */
const MAX_DEPTH = 100;

const TEXT = 'contains a character that cannot be stored (NUL, or half a surrogate pair)';

/**
 * What in a message's data would not come back from JSON and the databases as it is: a text with a NUL or half a surrogate
 * pair, as in `"a\u0000"`; a number that JSON has not (NaN, 1e999) or does not keep (-0); a value that is no JSON, such as
 * a Date or undefined in a list; a field called `__proto__`; more than 100 levels. Undefined fields of objects count as
 * left out.
 */
export function unstorableIn(data: unknown): readonly Issue[] {
  const issues: Issue[] = [];
  look(data, [], issues);
  return issues;
}

function look(value: unknown, path: readonly string[], issues: Issue[]): void {
  const tell = (message: string) => issues.push({ path: path.join('.'), message });
  switch (typeof value) {
    case 'string':
      if (!isStorable(value)) tell(TEXT);
      return;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) tell(`is ${numberAsText(value)}, which JSON does not keep`);
      return;
    case 'boolean':
      return;
    case 'object':
      if (value === null) return;
      if (path.length >= MAX_DEPTH) tell(`nests deeper than ${MAX_DEPTH} levels`);
      else if (Array.isArray(value)) for (const [at, one] of value.entries()) look(one, [...path, String(at)], issues);
      else if (isPlain(value)) lookAtFields(value, path, issues);
      else tell('is no JSON: a text, a number, true, false, null, a list or a plain object is');
      return;
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      tell(`is of the type ${typeof value}, which JSON has not`);
  }
}

function lookAtFields(value: object, path: readonly string[], issues: Issue[]): void {
  for (const [name, field] of Object.entries(value)) {
    if (name === '__proto__')
      issues.push({ path: [...path, name].join('.'), message: 'is no name that a field may have' });
    else if (!isStorable(name)) issues.push({ path: path.join('.'), message: `has a field whose name ${TEXT}` });
    else if (field !== undefined) look(field, [...path, name], issues);
  }
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

function numberAsText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
