import fc from 'fast-check';
import { MalformedMessage } from './fault.ts';
import { checkProperty, MAX_BODY_BYTES, textOfBytes, traceparentIn } from './received-text.ts';

test('bytes come back as they were, or are refused; no two become the same text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        expect(Buffer.from(textOfBytes(bytes, 'it')).equals(Buffer.from(bytes))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage);
      }
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = Buffer.from(text);
      expect(textOfBytes(bytes, 'it')).toBe(bytes.toString());
    }),
  );
});

test.each([
  ['Latin-1', Buffer.from('"Café"', 'latin1'), 'not_utf8'],
  ['an overlong form', Buffer.from([0xc0, 0xaf]), 'not_utf8'],
  ['half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80]), 'not_utf8'],
  ['a byte too many', Buffer.alloc(MAX_BODY_BYTES + 1, 0x20), 'too_large'],
])('%s is refused', (_what, bytes, code) => {
  expect(() => textOfBytes(bytes, 'the body')).toThrow(expect.objectContaining({ code }) as Error);
});

test.each([' ', '\t', 'a\u0000b', 'a\nb', 'a\ud800', 'x-\ufffd'])('a property %j is refused', (value) => {
  expect(() => checkProperty('actor', value)).toThrow(expect.objectContaining({ code: 'invalid_property' }) as Error);
});

test.each([undefined, '', 'ann', 'für immer', '😀', 'a b'])('a property %j is taken', (value) => {
  expect(() => checkProperty('actor', value)).not.toThrow();
});

test('a trace context that is none is left out', () => {
  const one = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(traceparentIn(one)).toBe(one);
  for (const other of [undefined, '', 'none', `${one}x`, 'x'.repeat(65_500)])
    expect(traceparentIn(other)).toBeUndefined();
});
