/** A range of media types that a client takes (RFC 9110, 12.5.1), in lower case. */
interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, not at all, to 1. */
  readonly weight: number;
}

/** A media type that an answer may have. */
export interface MediaType {
  /** As `text/event-stream`, in lower case. */
  readonly name: string;
  /** In lower case. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A quoted text, a word, or one of the characters between them; space in between. Each place is looked at once. */
const TOKEN = /[ \t]+|"((?:[^"\\]|\\.)*)"|([^\s=;,"/]+)|([=;,/])/gy;

/** The ranges of an Accept header; an element that is none is left out. */
function rangesOf(header: string): MediaRange[] {
  return elementsOf(header).flatMap((tokens) => rangeOf(tokens) ?? []);
}

/** The words and marks of each element; where the header can't be read on, it ends. */
function elementsOf(header: string): string[][] {
  const elements: string[][] = [[]];
  for (const [, quoted, word, mark] of header.matchAll(TOKEN)) {
    if (mark === ',') elements.push([]);
    else if (quoted !== undefined) elements.at(-1)?.push(quoted.replace(/\\(.)/g, '$1'));
    else if (word !== undefined || mark !== undefined) elements.at(-1)?.push((word ?? mark) as string);
  }
  return elements;
}

const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

function rangeOf([type, slash, subtype, ...rest]: readonly string[]): MediaRange | undefined {
  if (type === undefined || slash !== '/' || subtype === undefined || (type === '*' && subtype !== '*'))
    return undefined;
  const parameters = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 4) {
    const [semicolon, name, equals, value] = rest.slice(at, at + 4);
    if (semicolon !== ';' || name === undefined || equals !== '=' || value === undefined) return undefined;
    parameters.set(name.toLowerCase(), value.toLowerCase());
    // What follows the weight is an extension, which no media type has.
    if (name.toLowerCase() === 'q') break;
  }
  const weight = parameters.get('q') ?? '1';
  parameters.delete('q');
  if (!WEIGHT.test(weight)) return undefined;
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), parameters, weight: Number(weight) };
}

/** How closely a range names a media type: 0 for all types, and more for each thing it says; undefined when it does not. */
function closeness(
  { type, subtype, parameters }: MediaRange,
  { name, parameters: own = {} }: MediaType,
): number | undefined {
  const [ownType, ownSubtype] = name.split('/');
  if (type === '*') return parameters.size === 0 ? 0 : undefined;
  if (type !== ownType || (subtype !== '*' && subtype !== ownSubtype)) return undefined;
  const known = new Map(Object.entries(own));
  if (![...parameters].every(([parameter, value]) => known.get(parameter) === value)) return undefined;
  return subtype === '*' ? 1 : 2 + parameters.size;
}

/** A media type's weight for a client, by the range that names it most closely. */
function weightOf(ranges: readonly MediaRange[], mediaType: MediaType): { weight: number; named: boolean } {
  let found = { weight: 0, close: -1 };
  for (const range of ranges) {
    const close = closeness(range, mediaType);
    if (close !== undefined && close > found.close) found = { weight: range.weight, close };
  }
  return { weight: found.weight, named: found.close >= 2 };
}

/**
 * Whether a client wants one media type rather than another that it gets when it says nothing: it gives it more weight, or
 * the same and its name. The time it takes grows with the header's length, and no faster.
 * @param header Accept, as it came
 */
export function prefers(header: string | undefined, wanted: MediaType, usual: MediaType): boolean {
  if (header === undefined) return false;
  const ranges = rangesOf(header);
  const { weight, named } = weightOf(ranges, wanted);
  const other = weightOf(ranges, usual).weight;
  return weight > other || (named && weight > 0 && weight === other);
}
