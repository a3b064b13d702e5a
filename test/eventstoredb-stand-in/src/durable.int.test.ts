import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import {
  atEnd,
  cleanUp,
  connectTo,
  consume,
  event,
  groupSettings,
  num,
  startStandIn,
  typesOf,
  until,
} from './test-client.ts';

const ANY = -2;
const NO_STREAM = -1;
const main = resolve('test/eventstoredb-stand-in/dist/main.js');

afterEach(cleanUp);

async function emptyFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'eventstoredb-stand-in-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function startProcess(folder: string, port = '0') {
  const child: ChildProcess = spawn(process.execPath, [main, '--port', port, '--folder', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(() => void child.kill('SIGKILL'));
  if (!child.stdout) throw new Error('no output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const end = async (signal: NodeJS.Signals) => {
    const exited = once(child, 'exit');
    child.kill(signal);
    return (await exited) as [number | null, NodeJS.Signals | null];
  };
  return { url, port: new URL(url).port, end };
}

test('events, groups and parked messages are there after a stop', async () => {
  const folder = await emptyFolder();
  const before = await startStandIn({ folder });
  const client = await connectTo(before);
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  await client.appendToStream('a-1', NO_STREAM, [event('One'), event('Two')]);
  await consume(client, 'a-1', 'g', (subscription, resolved) => subscription.fail(resolved, 1, 'no'));
  const parked = '$persistentsubscription-a-1::g-parked';
  await until(async () => (await typesOf(client, parked)).length === 2);
  client.close();
  await before.stop();

  const later = await connectTo(await startStandIn({ folder }));
  expect(await typesOf(later, 'a-1')).toEqual(['One', 'Two']);
  expect(await typesOf(later, parked)).toEqual(['One', 'Two']);
  await expect(later.createPersistentSubscription('a-1', 'g', groupSettings())).rejects.toThrow('already exists');
});

test('a line that a crash cut short is removed, and the next event is not lost with it', async () => {
  const folder = await emptyFolder();
  const before = await startStandIn({ folder });
  const client = await connectTo(before);
  await client.appendToStream('a-1', NO_STREAM, event('One'));
  client.close();
  await before.stop();
  await appendFile(join(folder, 'events.log'), '[1700000000000,["a-1","cut');
  const between = await startStandIn({ folder });
  const writer = await connectTo(between);
  await writer.appendToStream('a-1', 0, event('Two'));
  writer.close();
  await between.stop();
  const reader = await connectTo(await startStandIn({ folder }));
  expect(await typesOf(reader, 'a-1')).toEqual(['One', 'Two']);
  expect(await readFile(join(folder, 'events.log'), 'utf8')).not.toContain('cut');
});

test('many appends at once share syncs, and none is lost', async () => {
  const folder = await emptyFolder();
  const standIn = await startStandIn({ folder });
  const client = await connectTo(standIn);
  await Promise.all(Array.from({ length: 200 }, () => client.appendToStream('a-1', ANY, event())));
  await standIn.kill();
  await standIn.start();
  expect(await typesOf(await connectTo(standIn), 'a-1')).toHaveLength(200);
});

test('a process of its own: what was answered survives SIGKILL, the client goes on by itself', async () => {
  const folder = await emptyFolder();
  const first = await startProcess(folder);
  const client = await connectTo(first);
  await client.appendToStream('a-1', NO_STREAM, event('One'));
  await first.end('SIGKILL');
  const append = client.appendToStream('a-1', 0, event('Two'));
  await startProcess(folder, first.port);
  expect(num((await append).nextExpectedVersion)).toBe(1);
  expect(await typesOf(client, 'a-1')).toEqual(['One', 'Two']);
});

test('SIGTERM ends the process', async () => {
  const started = await startProcess(await emptyFolder());
  await connectTo(started);
  expect(await started.end('SIGTERM')).toEqual([0, null]);
});
