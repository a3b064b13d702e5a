import { Writable } from 'node:stream';
import { writeTogether } from './write-together.ts';

test('what is written in one turn arrives at once and in order, what is written in the next one after it', async () => {
  const arrived: string[][] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      arrived.push([String(chunk)]);
      done();
    },
    writev: (chunks, done) => {
      arrived.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  writeTogether(stream);
  for (const text of ['a', 'b', 'c']) stream.write(text);
  await new Promise(setImmediate);
  stream.write('d');
  await new Promise(setImmediate);
  expect(arrived).toEqual([['a', 'b', 'c'], ['d']]);
});

test('a stream that takes no more says so, and when it does again', async () => {
  const stream = new Writable({ highWaterMark: 2, write: (_chunk, _encoding, done) => setImmediate(done) });
  writeTogether(stream);
  const drained = new Promise((resolve) => stream.once('drain', resolve));
  expect([stream.write('a'), stream.write('b')]).toEqual([true, false]);
  await drained;
});
