import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandIn } from './stand-in.ts';
import {
  admin,
  atEnd,
  cleanUp,
  connectTo,
  event,
  groupSettings,
  num,
  pause,
  startStandIn,
  until,
} from './test-client.ts';

const NO_STREAM = -1;
const CRASHES = 12;

afterEach(cleanUp);

async function emptyFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'eventstoredb-stand-in-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function crashRepeatedly(standIn: StandIn) {
  for (let crash = 0; crash < CRASHES; crash += 1) {
    await pause(20 + crash * 7);
    await standIn.kill();
    await pause(5);
    await standIn.start();
  }
}

test.each(['memory', 'folder'])('crashes while appending, %s: each event is stored once, in order', async (kind) => {
  const standIn = await startStandIn(kind === 'folder' ? { folder: await emptyFolder() } : {});
  const client = await connectTo(standIn, { maxRetries: -1 });
  let crashing = true;
  const crashes = crashRepeatedly(standIn).then(() => {
    crashing = false;
  });
  const ids: string[] = [];
  while (crashing) {
    const next = event();
    const { nextExpectedVersion } = await client.appendToStream('a-1', ids.length - 1, next);
    ids.push(next.eventId);
    expect(num(nextExpectedVersion)).toBe(ids.length - 1);
  }
  await crashes;
  const { events } = await client.readStreamEventsForward('a-1', 0, 4096);
  expect(events.map((resolved) => resolved.event?.eventId)).toEqual(ids);
});

test('crashes while consuming: every event is handled at least once', async () => {
  const standIn = await startStandIn({ folder: await emptyFolder() });
  const writer = await connectTo(standIn, { maxRetries: -1 });
  const reader = await connectTo(standIn, { maxRetries: -1 });
  const settings = groupSettings({ strategy: 'Pinned', minCheckPointCount: 5 });
  await writer.createPersistentSubscription('$ce-a', 'g', settings);
  const handled = new Set<string>();
  let ended = false;
  atEnd(() => {
    ended = true;
  });

  /** Joins again whenever the subscription drops. */
  const join = (): void => {
    if (ended) return;
    reader
      .connectToPersistentSubscription(
        '$ce-a',
        'g',
        (subscription, resolved) => {
          handled.add(resolved.event?.eventId ?? '');
          subscription.acknowledge(resolved);
        },
        () => setTimeout(join, 10),
        admin,
        10,
        false,
      )
      .catch(() => setTimeout(join, 10));
  };
  join();

  const written: string[] = [];
  const crashes = crashRepeatedly(standIn);
  for (let index = 0; index < 100; index += 1) {
    const next = event();
    await writer.appendToStream(`a-${index}`, NO_STREAM, next);
    written.push(next.eventId);
    await pause(5);
  }
  await crashes;
  await until(() => written.every((id) => handled.has(id)), 'every event handled');
});
