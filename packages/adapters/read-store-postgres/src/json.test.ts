import { jsonOf, jsonOfAll } from './json.ts';

test('a row is JSON without its nulls, whatever its columns are called', () => {
  const row = {
    a: 1,
    none: null,
    'say "b"': 'c\n"',
    list: [null, { x: null }],
    missing: undefined,
    no: false,
    zero: 0,
  };
  const { none: _, ...rest } = row;
  expect(JSON.parse(jsonOf(row))).toEqual(JSON.parse(JSON.stringify(rest)));
});

test('more columns come after those of the row', () => {
  expect(jsonOf({ key: 'k', none: null }, { _version: 1 })).toBe('{"key":"k","_version":1}');
  expect(jsonOf({}, { _version: 1 })).toBe('{"_version":1}');
});

test('rows are an array', () => {
  expect(jsonOfAll([])).toBe('[]');
  expect(jsonOfAll([{ a: 1 }, { a: null }])).toBe('[{"a":1},{}]');
});
