import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterFault, Unavailable } from '@daybook/core';
import { freshContext, newEvents } from '@daybook/test-support';
import { checkServer } from './index.ts';
import { cleanUp, connectTo, startBoth, startInfo, startServer } from './test-support.ts';

afterEach(cleanUp);

const nobody = 'esdb+tcp://admin:changeit@127.0.0.1:1';

async function timed(work: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const since = Date.now();
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, ms: Date.now() - since };
}

test('connect resolves with the server down: a call waits for the connection, and says Unavailable in time', async () => {
  const { error, ms } = await timed(connectTo(nobody, { deadlineMs: 400 }).ping());
  expect(error).toBeInstanceOf(Unavailable);
  expect(ms).toBeLessThan(700);
});

test('a server that comes later is found', async () => {
  const server = await startServer();
  await server.stop();
  const store = connectTo(server.url);
  const ping = store.ping();
  await sleep(1000);
  await server.start();
  await ping;
});

test('the client does not give up after ten attempts: the server is away for longer, and calls go on', async () => {
  const { server, store } = await startBoth({ deadlineMs: 500 });
  await store.ping();
  await server.kill();
  await sleep(4000);
  await server.start();
  for (let n = 0; n < 100 && (await timed(store.ping())).error !== undefined; n++) await sleep(50);
  await store.ping();
}, 20_000);

test('wrong credentials, for which the client connects all the same: a clear Unavailable', async () => {
  const server = await startServer();
  const store = connectTo(server.url.replace('changeit', 'wrong'));
  await expect(store.ping()).rejects.toThrow('refuses the user name or the password');
  await expect(store.append(`${freshContext()}-Thing-1`, 'no-stream', newEvents(1))).rejects.toMatchObject({
    code: 'unavailable',
  });
});

test('a lost authentication does not matter: credentials are on every call', async () => {
  const { server, store } = await startBoth();
  server.faults.loseAuthenticate(100);
  expect(await store.append(`${freshContext()}-Thing-1`, 'no-stream', newEvents(1))).toEqual({ revision: 0 });
});

test('a peer that falls silent: every call is given up in time, and calls succeed when it speaks again', async () => {
  const { server, store } = await startBoth({ deadlineMs: 500 });
  await store.ping();
  const silence = server.faults.mute();
  for (const call of [store.ping(), store.read('a-B-1', 0, 1), store.append('a-B-1', 'no-stream', newEvents(1))]) {
    const { error, ms } = await timed(call);
    expect(afterFault(error)).toBe('wait');
    expect(ms).toBeLessThan(1000);
  }
  silence.cancel();
  for (let n = 0; n < 100 && (await timed(store.ping())).error !== undefined; n++) await sleep(50);
  await store.ping();
}, 20_000);

test('operations do not pile up while it is away: refused beyond a number, and at once when it is away for long', async () => {
  const store = connectTo(nobody, { deadlineMs: 500 });
  const since = Date.now();
  const outcomes = await Promise.all(Array.from({ length: 6000 }, () => timed(store.read('a-B-1', 0, 1))));
  expect(outcomes.every(({ error }) => error instanceof Unavailable)).toBe(true);
  expect(outcomes.filter(({ error }) => String(error).includes('calls are already waiting'))).toHaveLength(6000 - 4096);
  expect(Date.now() - since).toBeLessThan(2000);
  await sleep(100);
  expect((await timed(store.ping())).ms).toBeLessThan(100);
});

test('a server that is not ready yet is asked again', async () => {
  const { server, store } = await startBoth();
  server.faults.notHandled('NotReady', { times: 1 });
  await store.ping();
});

test('the event loop stands still for longer than a heartbeat: the calls after it succeed', async () => {
  const { store } = await startBoth();
  await store.ping();
  for (const until = Date.now() + 4000; Date.now() < until; );
  await store.ping();
}, 20_000);

describe('servers without TCP', () => {
  test('checkServer says what to do instead', async () => {
    const url = `${nobody}?httpPort=${await startInfo('24.10.1')}`;
    await expect(checkServer(url)).rejects.toThrow(/EventStoreDB 24\.10\.1; 23\.10 is the last .* EVENT_STORE_URL/);
  });

  test('so does the first call', async () => {
    const store = connectTo(`${nobody}?httpPort=${await startInfo('25.0.0')}`, { deadlineMs: 1000 });
    await expect(store.ping()).rejects.toThrow('23.10 is the last version');
  });

  test('a server that speaks TCP, and one that says nothing, pass', async () => {
    await checkServer(`${nobody}?httpPort=${await startInfo('23.10.7')}`);
    await checkServer(`${nobody}?httpPort=1`);
  });
});

describe('after close nothing keeps the process alive', () => {
  const run = (url: string, work: string) =>
    promisify(execFile)(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { connectEventStoreDb } from '@daybook/event-store-eventstoredb';
         const log = { debug() {}, info() {}, warn() {}, error() {} };
         const store = connectEventStoreDb({ url: '${url}', log, deadlineMs: 1000 });
         ${work}
         const since = Date.now();
         process.on('exit', () => console.log(Date.now() - since));
         await store.close();`,
      ],
      { cwd: 'packages/adapters/event-store-eventstoredb', timeout: 20_000 },
    );

  test('with calls and a subscription', async () => {
    const server = await startServer();
    const { stdout } = await run(
      server.url,
      `await store.ping();
       await store.subscribe({ group: 'g', context: 'c', handle: async () => {} });
       await new Promise((resolve) => setTimeout(resolve, 500));`,
    );
    expect(Number(stdout)).toBeLessThan(1500);
  }, 20_000);

  test('with a server that never came', async () => {
    const { stdout } = await run(nobody, 'await store.ping().catch(() => {}); store.ping().catch(() => {});');
    expect(Number(stdout)).toBeLessThan(1500);
  }, 20_000);
});

test('the client loads with the protobufjs that it does not declare', async () => {
  const code = `const from = require.resolve('node-eventstore-client');
    require('node-eventstore-client').createConnection;
    require.resolve('protobufjs/minimal', { paths: [from] });`;
  await promisify(execFile)(process.execPath, ['--eval', code], { cwd: 'packages/adapters/event-store-eventstoredb' });
});
