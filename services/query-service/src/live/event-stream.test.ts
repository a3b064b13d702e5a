import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { EventStream } from './event-stream.ts';

/** A client that reads nothing until it is asked to, and the answer it gets. */
function client() {
  const raw = Object.assign(new PassThrough({ highWaterMark: 256 }), { writeHead: () => raw });
  return { raw, response: raw as unknown as ServerResponse, read: () => String(raw.read() ?? '') };
}

const never = () => new AbortController().signal;
const patient = { heartbeatMs: 60_000, slowMs: 60_000 };
const big = { event: 'row', data: 'x'.repeat(1000) };

test('a sender waits until its client has room', async () => {
  const { response, read } = client();
  const stream = new EventStream(response, never(), patient);
  let sent = false;
  const sending = stream.send(big).then(() => {
    sent = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toBe(false);
  expect(read()).toContain('event: row\ndata: "xxx');
  await sending;
  stream.end('over');
});

test('a client that makes no room in time is cut off, with a last event, and does not keep its sender', async () => {
  const { raw, response } = client();
  const stream = new EventStream(response, never(), { ...patient, slowMs: 5 });
  const closed = new Promise((resolve) => raw.once('close', resolve));
  await stream.send(big);
  expect(stream.ended.aborted).toBe(true);
  expect(raw.writableEnded).toBe(true);
  await closed;
});

test('an id is sent once, and never one from before', async () => {
  const { response, read } = client();
  const stream = new EventStream(response, never(), patient);
  for (const id of [3, 3, 2, undefined, 4]) await stream.send({ event: 'gone', data: {}, id });
  stream.end('over');
  expect(read()).toBe(
    'retry: 1000\n\nid: 3\nevent: gone\ndata: {}\n\nevent: gone\ndata: {}\n\nevent: gone\ndata: {}\n\n' +
      'event: gone\ndata: {}\n\nid: 4\nevent: gone\ndata: {}\n\nevent: end\ndata: {"reason":"over"}\n\n',
  );
});
