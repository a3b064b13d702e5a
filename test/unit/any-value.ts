import fc from 'fast-check';
import { z } from 'zod';

/** The ids that every uuid in a history is one of. */
export const IDS = ['0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', '7c9e6679-7425-40de-944b-e07fc1f90ae7'];

/** Where texts and numbers come from. */
export interface Sources {
  /** By the format of the schema, as `datetime`. */
  readonly formats: ReadonlyMap<string, fc.Arbitrary<string>>;
  /** A text without a format or a pattern. */
  readonly text: fc.Arbitrary<string>;
  /** A whole number within limits, both included. */
  number(least: number, most: number): fc.Arbitrary<number>;
}

/** Few of each, so that values come again. */
const few = new Map<string, fc.Arbitrary<string>>(
  Object.entries({
    uuid: fc.constantFrom(...IDS),
    datetime: fc.constantFrom('2026-05-01T18:00:00.000Z', '2026-06-01T18:00:00.000Z'),
    date: fc.constantFrom('2026-05-01', '2026-06-01'),
    time: fc.constantFrom('18:00:00', '19:30:00'),
    email: fc.constantFrom('ada@example.org', 'ben@example.org'),
    url: fc.constantFrom('https://example.org/', 'https://example.org/a?b=c'),
  }),
);

/** Values that come again, so that histories have something to say of one entity. */
const usual: Sources = {
  formats: few,
  // Short ones come again, so that a name can be the same as before.
  text: fc.oneof(fc.constantFrom('a', 'b'), fc.string()),
  // A small range around the usual amounts where the limits allow it.
  number(least, most) {
    const min = Math.max(least, Math.min(-10, most - 2000));
    return fc.integer({ min, max: Math.min(most, min + 2010) });
  },
};

/** Values at the edges of what schemas take: the first and the last moments, numbers, code points and sizes. */
export const edges: Sources = {
  formats: new Map([
    ...few,
    [
      'datetime',
      fc.oneof(
        fc.constantFrom('0001-01-01T00:00:00Z', '0099-12-31T23:59:59.999Z', '0100-01-01T00:00:00.001Z'),
        fc.constantFrom(
          '1582-10-10T12:00:00Z',
          '1900-02-28T23:59:59Z',
          '2024-02-29T23:59:59.9Z',
          '9999-12-31T23:59:59.999Z',
        ),
        fc.constantFrom('0001-01-01T23:58:59-23:59', '9999-12-31T00:00:00.5+23:59', '2026-03-29T02:30:00+02:00'),
        fc
          .date({
            min: new Date('0001-01-01T00:00:00Z'),
            max: new Date('9999-12-31T23:59:59.999Z'),
            noInvalidDate: true,
          })
          .map((date) => date.toISOString()),
      ),
    ],
    ['uuid', fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase()))],
  ]),
  text: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }),
    fc.constantFrom(
      '\0',
      '\u0001\u001f\u007f',
      '\ufeff',
      '\uffff',
      '\u2028\r\n\t',
      '👩‍👩‍👧',
      "'; drop table x; --",
      '\\',
      '"',
      '{}',
      'null',
      '__proto__',
      ' ',
    ),
    fc
      .tuple(fc.constantFrom('a', 'ü', '😀', '"'), fc.constantFrom(2_000, 10_000, 100_000))
      .map(([one, n]) => one.repeat(n)),
  ),
  number: (least, most) =>
    fc.oneof(
      fc
        .constantFrom(0, 1, -1, 499, 500, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), least, most, least + 1, most - 1)
        .filter((n) => n >= least && n <= most),
      fc.maxSafeInteger().filter((n) => n >= least && n <= most),
      // For those that need not be whole.
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
};

/** What JSON Schema says of a text or a number. */
interface Limits {
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
}

function limitsOf(schema: z.core.$ZodType): Limits {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Limits;
}

/** Any value that a field of a message may have: whatever travels as JSON. @throws Error for a kind that does not */
export function anyValueOf(schema: z.core.$ZodType, from: Sources = usual): fc.Arbitrary<unknown> {
  const anyOf = (within: z.core.$ZodType) => anyValueOf(within, from);
  const fits = (value: unknown) => z.safeParse(schema, value).success;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return anyText((def as { format?: string }).format, limitsOf(schema), from).filter(fits);
    case 'number':
      return anyNumber(limitsOf(schema), from).filter(fits);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'optional':
      return fc.option(anyOf(def.innerType), { nil: undefined });
    case 'nullable':
      return fc.option(anyOf(def.innerType), { nil: null });
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
    case 'catch':
      return anyOf(def.innerType);
    case 'pipe':
      return anyOf(def.in).filter(fits);
    case 'array':
      return fc.array(anyOf(def.element), { maxLength: 5 }).filter(fits);
    case 'tuple':
      return fc.tuple(...def.items.map((item) => anyOf(item)));
    case 'object':
      return fc
        .record(Object.fromEntries(Object.entries(def.shape).map(([name, field]) => [name, anyOf(field)])))
        .filter(fits);
    case 'record':
      return fc.dictionary(anyOf(def.keyType) as fc.Arbitrary<string>, anyOf(def.valueType), { maxKeys: 5 });
    case 'union':
      return fc.oneof(...def.options.map((option) => anyOf(option)));
    case 'any':
    case 'unknown':
      return fc.jsonValue();
    case 'bigint':
    case 'custom':
    case 'date':
    case 'file':
    case 'function':
    case 'intersection':
    case 'lazy':
    case 'map':
    case 'nan':
    case 'never':
    case 'promise':
    case 'set':
    case 'success':
    case 'symbol':
    case 'template_literal':
    case 'transform':
    case 'undefined':
    case 'void':
      throw new Error(`a field of kind '${def.type}' does not travel as JSON`);
  }
}

function anyText(format: string | undefined, { pattern }: Limits, { formats, text }: Sources): fc.Arbitrary<string> {
  const known = formats.get(format ?? '');
  if (known !== undefined) return known;
  return pattern === undefined ? text : fc.stringMatching(new RegExp(pattern));
}

function anyNumber(limits: Limits, { number }: Sources): fc.Arbitrary<number> {
  const { minimum = limits.exclusiveMinimum, maximum = limits.exclusiveMaximum } = limits;
  return number(Math.ceil(minimum ?? Number.MIN_SAFE_INTEGER), Math.floor(maximum ?? Number.MAX_SAFE_INTEGER));
}
