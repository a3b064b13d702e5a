/**
 * Adds a value to a list in a source file, and its import after the last one.
 * @param list the property that holds the list, as `aggregates`
 * @returns the new text, the same text where the value is in the list already, or undefined when the list is not found
 */
export function addToList(text: string, list: string, value: string, from: string): string | undefined {
  const pattern = new RegExp(`(\\b${list}:\\s*\\[)([^\\]]*)(\\])`);
  const [, , values] = pattern.exec(text) ?? [];
  if (values === undefined) return undefined;
  const present = values
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (present.includes(value)) return text;
  return addImport(text, value, from).replace(pattern, `$1${[...present, value].join(', ')}$3`);
}

function addImport(text: string, value: string, from: string): string {
  const line = `import { ${value} } from '${from}';\n`;
  const last = [...text.matchAll(/^import [\s\S]*?;\n/gm)].at(-1);
  if (last === undefined) return `${line}\n${text}`;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}${line}${text.slice(end)}`;
}

/** @returns the messages that a source file declares with `command('…'` or `event('…'`, with the union that has them */
export function messagesIn(text: string, kind: 'command' | 'event'): readonly { type: string; union: string }[] {
  const unions = [...text.matchAll(/export const (\w+) = z\.discriminatedUnion\('type', \[([\s\S]*?)\]\);/g)];
  return unions.flatMap(([, union = '', body = '']) =>
    [...body.matchAll(new RegExp(`\\b${kind}\\('(\\w+)'`, 'g'))].map(([, type = '']) => ({ type, union })),
  );
}
