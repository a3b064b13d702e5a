/** The app's definition does not fit together; each problem names what, and what to change. */
export class InvalidApp extends Error {
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InvalidApp';
    this.problems = problems;
  }
}

/** @throws InvalidApp when two of them have the same name */
export function requireDifferent(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InvalidApp(`two ${what} of the app are named '${twice}': rename one of them`);
}

/** @throws InvalidApp when it is no text, or has nothing in it */
export function requireName(what: string, name: unknown): void {
  if (typeof name === 'string' && name.trim() !== '') return;
  throw new InvalidApp(`${what} has no name: give it a 'name' of at least one letter`);
}

/** @throws InvalidApp when it is anything but a function */
export function requireFunction(what: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new InvalidApp(`${what} is not a function, but ${nameOfType(value)}: write a function there`);
}

/** @throws InvalidApp when it is no array */
export function requireList(what: string, value: unknown): void {
  if (Array.isArray(value)) return;
  throw new InvalidApp(`${what} of the app is not a list, but ${nameOfType(value)}: write [...]`);
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}
