import { randomUUID } from 'node:crypto';
import { cleanUp, connectTo, event, num, startStandIn, typesOf } from './test-client.ts';

const ANY = -2;
const NO_STREAM = -1;

afterEach(cleanUp);

async function standInAndClient() {
  const standIn = await startStandIn();
  return { standIn, client: await connectTo(standIn) };
}

async function clientAfterRestart(standIn: Awaited<ReturnType<typeof startStandIn>>) {
  await standIn.kill();
  await standIn.start();
  return connectTo(standIn);
}

const wrongVersion = (stream: string) => ({ name: 'WrongExpectedVersionError', action: 'Append', stream });

test("noStream or the correct exact version: the last event's number", async () => {
  const { client } = await standInAndClient();
  expect(num((await client.appendToStream('a-1', NO_STREAM, [event(), event()])).nextExpectedVersion)).toBe(1);
  expect(num((await client.appendToStream('a-1', 1, event())).nextExpectedVersion)).toBe(2);
});

test('wrong version: refused, without the actual version', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', NO_STREAM, event());
  for (const version of [NO_STREAM, 1, 5]) {
    const error = await client.appendToStream('a-1', version, event()).catch((reason: unknown) => reason);
    expect(error).toMatchObject(wrongVersion('a-1'));
    expect(Object.keys(error as object).filter((key) => /actual|current/i.test(key))).toEqual([]);
  }
});

test('same eventId and same expected version again: the original number, a changed payload is ignored', async () => {
  const { client } = await standInAndClient();
  const id = randomUUID();
  await client.appendToStream('a-1', NO_STREAM, event('First', id));
  await client.appendToStream('a-1', 0, event('Second'));
  const again = await client.appendToStream('a-1', NO_STREAM, event('Changed', id));
  expect(num(again.nextExpectedVersion)).toBe(0);
  expect(await typesOf(client, 'a-1')).toEqual(['First', 'Second']);
});

test('same eventId, any: idempotent, but after a restart it writes a duplicate', async () => {
  const { standIn, client } = await standInAndClient();
  const repeated = event();
  await client.appendToStream('a-1', ANY, repeated);
  expect(num((await client.appendToStream('a-1', ANY, repeated)).nextExpectedVersion)).toBe(0);
  const later = await clientAfterRestart(standIn);
  expect(num((await later.appendToStream('a-1', ANY, repeated)).nextExpectedVersion)).toBe(1);
});

test.each([
  ['noStream', NO_STREAM],
  ['exact', 0],
])('same eventId, %s, after a restart: idempotent', async (_name, version) => {
  const { standIn, client } = await standInAndClient();
  if (version === 0) await client.appendToStream('a-1', NO_STREAM, event());
  const repeated = event();
  await client.appendToStream('a-1', version, repeated);
  const later = await clientAfterRestart(standIn);
  expect(num((await later.appendToStream('a-1', version, repeated)).nextExpectedVersion)).toBe(version + 1);
  expect(await typesOf(later, 'a-1')).toHaveLength(version + 2);
});

test('same eventId, exact current version: appended again', async () => {
  const { client } = await standInAndClient();
  const repeated = event();
  await client.appendToStream('a-1', NO_STREAM, repeated);
  expect(num((await client.appendToStream('a-1', 0, repeated)).nextExpectedVersion)).toBe(1);
  expect(await typesOf(client, 'a-1')).toHaveLength(2);
});

test.each([
  ['noStream', NO_STREAM],
  ['any', ANY],
])('batch whose prefix was written, %s: fine when all of it was, else refused', async (_name, version) => {
  const { client } = await standInAndClient();
  const [one, two] = [event(), event()];
  await client.appendToStream('a-1', version, [one, two]);
  expect(num((await client.appendToStream('a-1', version, [one, two])).nextExpectedVersion)).toBe(1);
  expect(num((await client.appendToStream('a-1', version, [one])).nextExpectedVersion)).toBe(0);
  await expect(client.appendToStream('a-1', version, [one, two, event()])).rejects.toMatchObject(wrongVersion('a-1'));
  expect(await typesOf(client, 'a-1')).toHaveLength(2);
});

test('two writers, same exact version: exactly one winner each time', async () => {
  const { standIn, client } = await standInAndClient();
  const other = await connectTo(standIn);
  for (let version = -1; version < 49; version += 1) {
    const outcomes = await Promise.allSettled(
      [client, other].map((writer) => writer.appendToStream('a-1', version, event())),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  }
});

test('after a soft delete with noStream: accepted, numbering goes on', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', NO_STREAM, [event(), event()]);
  await client.deleteStream('a-1', 1);
  expect((await client.readStreamEventsForward('a-1', 0, 10)).status).toBe('streamNotFound');
  expect(num((await client.appendToStream('a-1', NO_STREAM, event('Later'))).nextExpectedVersion)).toBe(2);
  expect(await typesOf(client, 'a-1')).toEqual(['Later']);
});

test('after a hard delete: the stream is gone for ever', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', NO_STREAM, event());
  await client.deleteStream('a-1', 0, true);
  expect((await client.readStreamEventsForward('a-1', 0, 10)).status).toBe('streamDeleted');
  await expect(client.appendToStream('a-1', NO_STREAM, event())).rejects.toMatchObject({
    name: 'StreamDeletedError',
  });
});

test('17 MB event: bad request, the connection survives', async () => {
  const { client } = await standInAndClient();
  const large = event('Large', randomUUID(), { text: 'x'.repeat(17 * 1024 * 1024) });
  await expect(client.appendToStream('a-1', NO_STREAM, large)).rejects.toThrow('Bad request');
  expect(num((await client.appendToStream('a-1', NO_STREAM, event())).nextExpectedVersion)).toBe(0);
});

test('metadata of a stream is kept in a stream of its own', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', NO_STREAM, [event('One'), event('Two'), event('Three')]);
  await client.setStreamMetadataRaw('a-1', NO_STREAM, { $maxCount: 2 });
  expect((await client.getStreamMetadataRaw('a-1')).streamMetadata).toEqual({ $maxCount: 2 });
  expect(await typesOf(client, '$$a-1')).toEqual(['$metadata']);
  expect(await typesOf(client, 'a-1')).toEqual(['Two', 'Three']);
});
