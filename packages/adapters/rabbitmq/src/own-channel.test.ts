import type { Channel } from 'amqplib';
import { onOwnChannel } from './own-channel.ts';

const never = new Promise<never>(() => {});
const channelWhere = (close: () => Promise<void>) => ({ on() {}, close }) as unknown as Channel;
const soon = { ms: 20, what: 'asking' };

test.each([
  ['is never answered, because the connection was lost', () => never],
  ['fails, because the broker was first', () => Promise.reject(new Error('closed'))],
  [
    'throws at once, because it is closed already',
    () => {
      throw new Error('closed');
    },
  ],
])('what was done counts where the close %s', async (_how, close) => {
  const long = { ms: 60_000, what: 'asking' };
  expect(
    await onOwnChannel(
      async () => channelWhere(close),
      long,
      async () => 'answer',
    ),
  ).toBe('answer');
  const failing = onOwnChannel(
    async () => channelWhere(close),
    long,
    () => Promise.reject(new Error('not found')),
  );
  await expect(failing).rejects.toThrow('not found');
});

test('a channel that never opens, and work that never ends, are given up', async () => {
  await expect(
    onOwnChannel(
      () => never,
      soon,
      async () => {},
    ),
  ).rejects.toThrow('asking took more than 0.02 s');
  const channel = channelWhere(async () => {});
  await expect(
    onOwnChannel(
      async () => channel,
      soon,
      () => never,
    ),
  ).rejects.toThrow('asking took more than 0.02 s');
});
