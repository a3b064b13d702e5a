import { decodePackage, encodePackage, type TcpPackage } from './tcp-package.ts';

const plain: TcpPackage = {
  command: 0x82,
  correlationId: '00112233-4455-6677-8899-aabbccddeeff',
  data: Buffer.from('data'),
};
const signed: TcpPackage = { ...plain, login: { login: 'admin', password: 'pässword' } };

test('command, flags, correlation id, data', () => {
  expect(encodePackage(plain).toString('hex')).toBe(`82${'00'}33221100554477668899aabbccddeeff${'64617461'}`);
});

test.each([plain, signed])('there and back', (original) => {
  expect(decodePackage(encodePackage(original))).toEqual(original);
});

test('login and password come after the correlation id, each with its length', () => {
  const bytes = encodePackage({ ...plain, login: { login: 'ab', password: 'c' } });
  expect([bytes[1], bytes.subarray(18).toString('hex')]).toEqual([1, '0261620163' + '64617461']);
});

test('what is cut short is refused', () => {
  expect(() => decodePackage(encodePackage(plain).subarray(0, 17))).toThrow('package of 17 bytes');
  const bytes = encodePackage(signed);
  for (const end of [18, 19, 22, 24, 30]) expect(() => decodePackage(bytes.subarray(0, end))).toThrow();
});
