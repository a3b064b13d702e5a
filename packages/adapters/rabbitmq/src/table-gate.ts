/** A header that was left out. */
export interface DroppedHeader {
  readonly name: string;
  readonly why: string;
}

/** What is left of a header table. */
export interface CheckedTable {
  /** The entries that are kept, as they were, one after the other. */
  readonly kept: Buffer;
  /** Whether that is less than there was. */
  readonly changed: boolean;
  readonly dropped: readonly DroppedHeader[];
  /** What is wrong with headers that say what a command is: it can't be handled without them. */
  readonly refused: readonly string[];
}

/** So many bytes of headers are taken in: a copy must have room for the reason why it was set aside. */
const MAX_TABLE = 16 * 1024;
/** Tables in tables, arrays in arrays. */
const MAX_DEPTH = 8;
/** Beyond, amqplib takes a number for an integer. */
const MAX_FRACTION = 2 ** 50;

/** Read by Daybook: what they say is right, or the command is refused. They have their place before all others. */
const OWN = new Set(['actor', 'causation-id']);
/** Read by Daybook, and left out where they are wrong. */
const USED = new Set([...OWN, 'traceparent', 'request-id', 'x-begun-by', 'x-delivery-count']);

interface Entry {
  readonly name: string;
  readonly bytes: Buffer;
  readonly wrong: string | undefined;
}

/**
 * Keeps of a table's entries what amqplib can decode and encode again without changing what it means, and only so much of it
 * as a copy can carry. Never throws, and never looks deeper than {@link MAX_DEPTH}.
 * @param isDropped names that no sender may set
 */
export function checkTable(table: Buffer, isDropped: (name: string) => boolean): CheckedTable {
  const { entries, broken } = entriesOf(table);
  const dropped: DroppedHeader[] = broken === undefined ? [] : [broken];
  const refused: string[] = [];
  const kept: Buffer[] = [];
  let left = MAX_TABLE;
  const rank = ({ name }: Entry) => (USED.has(name) ? 0 : 1);
  const inOrder = table.length > MAX_TABLE ? [...entries].sort((one, other) => rank(one) - rank(other)) : entries;
  for (const { name, bytes, wrong } of inOrder) {
    if (isDropped(name)) continue;
    const why = wrong ?? (bytes.length > left ? `no room: headers may have ${MAX_TABLE} bytes together` : undefined);
    if (why === undefined) {
      kept.push(bytes);
      left -= bytes.length;
    } else {
      dropped.push({ name, why });
      if (OWN.has(name)) refused.push(`header ${name}: ${why}`);
    }
  }
  const changed = dropped.length > 0 || kept.length < entries.length;
  return { kept: changed ? Buffer.concat(kept) : table, changed, dropped, refused };
}

/** The entries as far as they can be told apart. */
function entriesOf(table: Buffer): { entries: Entry[]; broken: DroppedHeader | undefined } {
  const entries: Entry[] = [];
  let offset = 0;
  while (offset < table.length) {
    const start = offset;
    const nameEnd = start + 1 + table.readUInt8(start);
    const nameBytes = table.subarray(start + 1, nameEnd);
    const name = nameBytes.toString();
    const end = endOfValue(table, nameEnd);
    if (end === undefined) return { entries, broken: { name, why: 'it and what follows can not be read' } };
    const wrong = wrongWithName(name, nameBytes) ?? wrongWithValue(table, nameEnd, end, 1);
    entries.push({ name, bytes: table.subarray(start, end), wrong });
    offset = end;
  }
  return { entries, broken: undefined };
}

/** The bytes that a value takes after its tag; undefined for one that begins with its length. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ['t', 1],
  ['b', 1],
  ['B', 1],
  ['s', 2],
  ['u', 2],
  ['I', 4],
  ['i', 4],
  ['f', 4],
  ['D', 5],
  ['l', 8],
  ['d', 8],
  ['T', 8],
  ['V', 0],
]);
const WITH_LENGTH = new Set(['S', 'x', 'F', 'A']);

/** @returns undefined when it has no end within the table */
function endOfValue(table: Buffer, start: number): number | undefined {
  if (start >= table.length) return undefined;
  const tag = String.fromCharCode(table.readUInt8(start));
  const size = SIZES.get(tag);
  const end =
    size !== undefined
      ? start + 1 + size
      : WITH_LENGTH.has(tag) && start + 5 <= table.length
        ? start + 5 + table.readUInt32BE(start + 1)
        : undefined;
  return end !== undefined && end <= table.length ? end : undefined;
}

function wrongWithName(name: string, bytes: Buffer): string | undefined {
  if (name === '__proto__') return 'no name for a header';
  return Buffer.compare(Buffer.from(name), bytes) === 0 ? undefined : 'its name is not UTF-8';
}

/** Why a value that ends at `end` can't be carried on; undefined when it can. */
function wrongWithValue(table: Buffer, start: number, end: number, depth: number): string | undefined {
  const tag = String.fromCharCode(table.readUInt8(start));
  switch (tag) {
    case 'S': {
      const bytes = table.subarray(start + 5, end);
      return Buffer.compare(Buffer.from(bytes.toString()), bytes) === 0 ? undefined : 'not UTF-8';
    }
    case 'l':
      return Number.isSafeInteger(Number(table.readBigInt64BE(start + 1))) ? undefined : 'an integer beyond 2^53';
    case 'T':
      return Number.isSafeInteger(Number(table.readBigUInt64BE(start + 1))) ? undefined : 'a time beyond 2^53';
    case 'd':
      return wrongWithNumber(table.readDoubleBE(start + 1));
    case 'f':
      return wrongWithNumber(table.readFloatBE(start + 1));
    case 'F':
    case 'A':
      return depth < MAX_DEPTH ? wrongWithNested(table.subarray(start + 5, end), tag, depth) : 'nested too deep';
    default:
      return undefined;
  }
}

function wrongWithNumber(value: number): string | undefined {
  return Number.isSafeInteger(value) || Math.abs(value) < MAX_FRACTION ? undefined : 'a number that is out of range';
}

function wrongWithNested(values: Buffer, tag: 'F' | 'A', depth: number): string | undefined {
  let offset = 0;
  while (offset < values.length) {
    if (tag === 'F') {
      const nameEnd = offset + 1 + values.readUInt8(offset);
      const nameBytes = values.subarray(offset + 1, nameEnd);
      const name = nameBytes.toString();
      // amqplib takes a table with `!` for a type and its value.
      const wrong = name === '!' ? 'a table with the name `!`' : wrongWithName(name, nameBytes);
      if (wrong !== undefined) return wrong;
      offset = nameEnd;
    }
    const end = endOfValue(values, offset);
    if (end === undefined) return 'it can not be read';
    const wrong = wrongWithValue(values, offset, end, depth + 1);
    if (wrong !== undefined) return wrong;
    offset = end;
  }
  return undefined;
}
