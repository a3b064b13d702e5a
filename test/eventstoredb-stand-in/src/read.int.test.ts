import type { ResolvedEvent } from 'node-eventstore-client';
import { cleanUp, connectTo, event, num, pause, startStandIn, typesOf, until } from './test-client.ts';

const ANY = -2;

afterEach(cleanUp);

async function standInAndClient(options = {}) {
  const standIn = await startStandIn(options);
  return { standIn, client: await connectTo(standIn) };
}

const events = (count: number) => Array.from({ length: count }, (_, index) => event(`E${index}`));
const numbers = (resolved: readonly ResolvedEvent[]) =>
  resolved.map(({ originalEvent }) => num(originalEvent?.eventNumber));

test('missing stream: streamNotFound', async () => {
  const { client } = await standInAndClient();
  expect((await client.readStreamEventsForward('a-1', 0, 10)).status).toBe('streamNotFound');
  expect((await client.readStreamEventsBackward('a-1', -1, 10)).status).toBe('streamNotFound');
  expect((await client.readEvent('a-1', 0)).status).toBe('noStream');
});

test('pages forwards and backwards', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', ANY, events(5));
  const first = await client.readStreamEventsForward('a-1', 0, 3);
  expect([numbers(first.events), num(first.nextEventNumber), first.isEndOfStream]).toEqual([[0, 1, 2], 3, false]);
  const second = await client.readStreamEventsForward('a-1', 3, 3);
  expect([numbers(second.events), num(second.nextEventNumber), second.isEndOfStream]).toEqual([[3, 4], 5, true]);
  const last = await client.readStreamEventsBackward('a-1', -1, 2);
  expect([numbers(last.events), num(last.nextEventNumber), last.isEndOfStream]).toEqual([[4, 3], 2, false]);
  const rest = await client.readStreamEventsBackward('a-1', 2, 4);
  expect([numbers(rest.events), num(rest.nextEventNumber), rest.isEndOfStream]).toEqual([[2, 1, 0], -1, true]);
  expect(num(last.lastEventNumber)).toBe(4);
});

test('a page has at most 4096 events', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', ANY, events(4100));
  expect((await client.readStreamEventsForward('a-1', 0, 4096)).events).toHaveLength(4096);
});

test('one event, as it was written', async () => {
  const { client } = await standInAndClient();
  const written = event('Written');
  const before = Date.now();
  await client.appendToStream('a-1', ANY, written);
  const { status, event: read } = await client.readEvent('a-1', 0);
  expect(status).toBe('success');
  const { eventId, eventType, isJson, data, metadata, createdEpoch } = read?.event ?? {};
  expect([eventId, eventType, isJson]).toEqual([written.eventId, 'Written', true]);
  expect([data?.toString(), metadata?.toString()]).toEqual([written.data.toString(), written.metadata.toString()]);
  expect(createdEpoch).toBeGreaterThanOrEqual(before);
  expect((await client.readEvent('a-1', 7)).status).toBe('notFound');
});

test('$ce- splits the stream name at the first dash', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('loan-request-1', ANY, event('One'));
  await client.appendToStream('loan-2', ANY, event('Two'));
  await client.appendToStream('dashless', ANY, event('None'));
  await until(async () => (await typesOf(client, '$ce-loan')).length === 2);
  expect(await typesOf(client, '$ce-loan')).toEqual(['One', 'Two']);
  expect((await client.readStreamEventsForward('$ce-loan-request', 0, 1)).status).toBe('streamNotFound');
});

test('links come a moment after the write, each once, also over a restart', async () => {
  const { standIn, client } = await standInAndClient({ categoryDelayMs: 30 });
  await client.appendToStream('a-1', ANY, events(2));
  expect((await client.readStreamEventsForward('$ce-a', 0, 10)).status).toBe('streamNotFound');
  await until(async () => (await typesOf(client, '$ce-a')).length === 2);
  await client.appendToStream('a-2', ANY, events(2));
  await standIn.kill();
  await standIn.start();
  const later = await connectTo(standIn);
  await until(async () => (await typesOf(later, '$ce-a')).length === 4);
  await pause(60);
  expect(await typesOf(later, '$ce-a')).toEqual(['E0', 'E1', 'E0', 'E1']);
});

test('links to deleted streams come with event: null; $metadata events and tombstones show up', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', ANY, event('Soft'));
  await client.appendToStream('a-2', ANY, event('Hard'));
  await client.deleteStream('a-1', 0);
  await client.deleteStream('a-2', 0, true);
  await until(async () => (await typesOf(client, '$ce-a')).length === 4);
  const { events: resolved } = await client.readStreamEventsForward('$ce-a', 0, 10, true);
  expect(resolved.map(({ event: target }) => target?.eventType ?? null)).toEqual([null, null, '$metadata', null]);
  expect(resolved.map(({ link }) => String(link?.data))).toEqual([
    '0@a-1',
    '0@a-2',
    '0@$$a-1',
    '9223372036854775807@a-2',
  ]);
});

test('a link that is not resolved is the event', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', ANY, event());
  await until(async () => (await typesOf(client, '$ce-a')).length === 1);
  const { events: links } = await client.readStreamEventsForward('$ce-a', 0, 10, false);
  expect(links[0]?.event?.eventType).toBe('$>');
  expect(links[0]?.link).toBeNull();
});

test('a volatile subscription gets what is written from then on, until it ends', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', ANY, event('Before'));
  // Its link follows a moment later: who subscribes in between would get it, or not.
  await until(async () => (await typesOf(client, '$ce-a')).length === 1);
  const got: (string | undefined)[] = [];
  const drops: string[] = [];
  const subscription = await client.subscribeToStream(
    '$ce-a',
    true,
    (_own, resolved) => void got.push(resolved.event?.eventType),
    (_own, reason) => drops.push(reason),
  );
  await client.appendToStream('a-1', ANY, [event('One'), event('Two')]);
  await until(() => got.length === 2);
  subscription.close();
  await until(() => drops.length === 1);
  await client.appendToStream('a-1', ANY, event('Late'));
  await pause(50);
  expect([got, drops]).toEqual([['One', 'Two'], ['userInitiated']]);
});

test('a catch-up subscription reads what there is, then goes on live, and resumes by itself', async () => {
  const { standIn, client } = await standInAndClient();
  await client.appendToStream('a-1', ANY, events(3));
  const got: (number | undefined)[] = [];
  client.subscribeToStreamFrom('a-1', null, true, (_own, resolved) => void got.push(num(resolved.event?.eventNumber)));
  await until(() => got.length === 3);
  await client.appendToStream('a-1', ANY, event());
  await until(() => got.length === 4);
  standIn.faults.dropConnections();
  await client.appendToStream('a-1', ANY, event());
  await until(() => got.length === 5);
  expect(got).toEqual([0, 1, 2, 3, 4]);
});
