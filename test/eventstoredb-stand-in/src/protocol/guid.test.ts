import { guidToBytes, guidToText } from './guid.ts';

const TEXT = '00112233-4455-6677-8899-aabbccddeeff';

test('the first three groups are little-endian, the rest is as written', () => {
  expect(guidToBytes(TEXT).toString('hex')).toBe('33221100554477668899aabbccddeeff');
});

test('there and back', () => {
  expect(guidToText(guidToBytes(TEXT))).toBe(TEXT);
  expect(guidToText(guidToBytes(TEXT.toUpperCase()))).toBe(TEXT);
});

test('reading leaves the bytes as they are', () => {
  const bytes = guidToBytes(TEXT);
  guidToText(bytes);
  expect(guidToText(bytes)).toBe(TEXT);
});

test.each(['', 'no guid', `${TEXT}0`, TEXT.replace('0', 'g')])('%j is refused', (text) => {
  expect(() => guidToBytes(text)).toThrow('not a GUID');
});

test('15 bytes are refused', () => {
  expect(() => guidToText(Buffer.alloc(15))).toThrow('16 bytes');
});
