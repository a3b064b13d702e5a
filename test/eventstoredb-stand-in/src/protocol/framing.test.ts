import { createUnframer, frame } from './framing.ts';

function unframed(...chunks: Buffer[]): string[] {
  const got: string[] = [];
  const push = createUnframer((content) => got.push(content.toString()));
  for (const chunk of chunks) push(chunk);
  return got;
}

const two = Buffer.concat([frame(Buffer.from('one')), frame(Buffer.from('second'))]);

test('the length comes first, little-endian, and does not count itself', () => {
  expect(frame(Buffer.from('abc')).toString('hex')).toBe('03000000616263');
});

test('several packages in one chunk', () => {
  expect(unframed(two)).toEqual(['one', 'second']);
});

test.each(Array.from({ length: two.length - 1 }, (_, index) => index + 1))('cut at byte %i', (at) => {
  expect(unframed(two.subarray(0, at), two.subarray(at))).toEqual(['one', 'second']);
});

test('byte by byte', () => {
  expect(unframed(...[...two].map((byte) => Buffer.from([byte])))).toEqual(['one', 'second']);
});

test.each([0, -1, 64 * 1024 * 1024 + 1])('a length of %i is refused', (length) => {
  const header = Buffer.alloc(4);
  header.writeInt32LE(length);
  expect(() => unframed(header)).toThrow('package of');
});
