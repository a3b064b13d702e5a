import { randomUUID } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { createConnection, UserCredentials } from 'node-eventstore-client';
import { Command } from './protocol/commands.ts';
import { createUnframer, frame } from './protocol/framing.ts';
import { decodePackage, encodePackage } from './protocol/tcp-package.ts';
import { admin, atEnd, cleanUp, connectTo, event, num, pause, startStandIn, until } from './test-client.ts';

const ANY = -2;
const wrong = new UserCredentials('admin', 'wrong');

afterEach(cleanUp);

/** A socket that notes the commands it gets, and answers nothing. */
async function silentClient(url: string) {
  const commands: number[] = [];
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1');
  atEnd(() => void socket.destroy());
  socket.on('error', () => {});
  socket.on(
    'data',
    createUnframer((content) => commands.push(decodePackage(content).command)),
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, commands };
}

test('it says what it is', async () => {
  const { url, description } = await startStandIn();
  expect(url).toMatch(/^esdb\+tcp:\/\/admin:changeit@127\.0\.0\.1:\d+$/);
  expect(description).toContain('stand-in');
});

test('wrong credentials: connected still fires, each operation fails', async () => {
  const client = await connectTo(await startStandIn(), { defaultUserCredentials: wrong });
  await expect(client.appendToStream('a-1', ANY, event())).rejects.toThrow('Authentication error');
  await expect(client.readStreamEventsForward('a-1', 0, 1)).rejects.toThrow('Authentication error');
  await expect(client.connectToPersistentSubscription('a-1', 'g', () => {})).rejects.toThrow('Not Authenticated');
  expect(num((await client.appendToStream('a-1', ANY, event(), admin)).nextExpectedVersion)).toBe(0);
});

test('without credentials: access denied; with credentials on the call: served', async () => {
  const client = await connectTo(await startStandIn(), { defaultUserCredentials: null as never });
  await expect(client.appendToStream('a-1', ANY, event())).rejects.toMatchObject({ name: 'AccessDeniedError' });
  await expect(client.readStreamEventsForward('a-1', 0, 1)).rejects.toMatchObject({ name: 'AccessDeniedError' });
  await expect(client.subscribeToStream('a-1', false, () => {})).rejects.toThrow('access denied');
  await client.appendToStream('a-1', ANY, event(), admin);
});

test('authentication can be switched off', async () => {
  const standIn = await startStandIn({ requireAuthentication: false });
  const client = await connectTo(standIn, { defaultUserCredentials: null as never });
  await client.appendToStream('a-1', ANY, event());
});

test('a lost authenticate request: connected and unauthenticated, without an event', async () => {
  const standIn = await startStandIn();
  const fault = standIn.faults.loseAuthenticate();
  const client = await connectTo(standIn, { operationTimeout: 100 });
  expect(fault.fired).toBe(1);
  await expect(client.appendToStream('a-1', ANY, event())).rejects.toMatchObject({ name: 'AccessDeniedError' });
  await client.appendToStream('a-1', ANY, event(), admin);
});

test('a second connect() fails', async () => {
  const client = await connectTo(await startStandIn());
  await expect(client.connect()).rejects.toThrow('already active');
});

test('a silent client is asked for a sign of life and then dropped', async () => {
  const { url } = await startStandIn({ heartbeat: { intervalMs: 30, timeoutMs: 30 } });
  const { socket, commands } = await silentClient(url);
  await until(() => socket.destroyed);
  expect(commands).toEqual([Command.HeartbeatRequest]);
});

test('a client that answers heartbeats stays, and has its own answered', async () => {
  const standIn = await startStandIn({ heartbeat: { intervalMs: 30, timeoutMs: 60 } });
  const client = await connectTo(standIn);
  let disconnects = 0;
  client.on('disconnected', () => {
    disconnects += 1;
  });
  await pause(300);
  expect(disconnects).toBe(0);
  const { socket, commands } = await silentClient(standIn.url);
  socket.write(
    frame(encodePackage({ command: Command.HeartbeatRequest, correlationId: randomUUID(), data: Buffer.alloc(0) })),
  );
  await until(() => commands.includes(Command.HeartbeatResponse));
});

test('what is no package ends the connection', async () => {
  const { url } = await startStandIn();
  const { socket } = await silentClient(url);
  socket.write(Buffer.alloc(8));
  await until(() => socket.destroyed);
});

test('a command that is not reproduced: bad request, the connection survives', async () => {
  const client = await connectTo(await startStandIn());
  await expect(client.startTransaction('a-1', ANY)).rejects.toThrow('Bad request');
  await client.appendToStream('a-1', ANY, event());
});

test('a server that comes back: the appends that were asked for meanwhile are done', async () => {
  const standIn = await startStandIn();
  const client = await connectTo(standIn, { reconnectionDelay: 50 });
  await standIn.kill();
  const append = client.appendToStream('a-1', -1, event());
  await pause(300);
  await standIn.start();
  expect(num((await append).nextExpectedVersion)).toBe(0);
});

test('maxReconnections: the client gives up for ever', async () => {
  const standIn = await startStandIn();
  const { port } = new URL(standIn.url);
  await standIn.stop();
  const client = createConnection({ maxReconnections: 1, reconnectionDelay: 0 }, `tcp://127.0.0.1:${port}`);
  client.on('error', () => {});
  const closed = new Promise((resolve) => client.once('closed', resolve));
  await client.connect();
  expect(await closed).toBe('Reconnection limit reached.');
});
