import { parseAddress } from './address.ts';

test('a URL says where, who, and whether with TLS', () => {
  expect(parseAddress('esdb+tcp://me:s%40crt@events.example:1114?tls=true&tlsVerifyCert=false&httpPort=2114')).toEqual({
    host: 'events.example',
    port: 1114,
    tls: true,
    verify: false,
    user: 'me',
    password: 's@crt',
    httpUrl: 'https://events.example:2114',
  });
});

test('what it leaves out is as the server has it at first', () => {
  expect(parseAddress('esdb+tcp://me:secret@localhost')).toMatchObject({
    port: 1113,
    tls: false,
    verify: true,
    user: 'me',
    password: 'secret',
    httpUrl: 'http://localhost:2113',
  });
});

test.each(['esdb+tcp://localhost', 'esdb+tcp://me@localhost'])(
  '%s is refused: the default password is known to everybody',
  (url) => {
    expect(() => parseAddress(url)).toThrow('needs a user and a password');
  },
);

test('another kind of URL is refused', () => {
  expect(() => parseAddress('esdb://localhost:2113')).toThrow('esdb+tcp://');
});
