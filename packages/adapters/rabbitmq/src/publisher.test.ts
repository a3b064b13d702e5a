import { EventEmitter } from 'node:events';
import { silent } from '@daybook/core';
import type { Connection } from './connection.ts';
import { Publisher } from './publisher.ts';
import { commandToSend } from './wire.ts';

type Confirm = (error: Error | null) => void;

/** A broker that does what the test says, message by message. */
class FakeBroker extends EventEmitter {
  readonly written: string[] = [];
  readonly confirms: Confirm[] = [];
  channels: EventEmitter[] = [];
  blocked = false;
  full = false;
  declared = 0;

  readonly connection = {
    contexts: ['loans'],
    connected: true,
    onUnblocked: (listener: () => void) => this.on('unblocked', listener),
    openConfirmChannel: async () => this.#channel(),
    declare: async () => {
      this.declared++;
    },
  };

  #channel() {
    const channel = Object.assign(new EventEmitter(), {
      consume: async () => ({ consumerTag: '' }),
      close: async () => {},
      publish: (
        _exchange: string,
        _key: string,
        _body: Buffer,
        { messageId }: { messageId: string },
        confirm: Confirm,
      ) => {
        this.written.push(messageId);
        this.confirms.push(confirm);
        return !this.full;
      },
    });
    this.channels.push(channel);
    return channel;
  }
}

let broker: FakeBroker;
let publisher: Publisher;

beforeEach(async () => {
  broker = new FakeBroker();
  const connection = Object.defineProperty(broker.connection, 'blocked', { get: () => broker.blocked });
  publisher = await Publisher.open(connection as unknown as Connection, silent, 200, () => {});
});
afterEach(() => publisher.close(0));

const message = (commandId: string) =>
  commandToSend({ context: 'loans', command: { type: 'Go', data: {} }, commandId });
const publish = (id: string, timeoutMs = 5_000) => publisher.publish(message(id), timeoutMs);
const confirmLast = () => broker.confirms.at(-1)?.(null);
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test('a refused message is sent again until the broker takes it', async () => {
  const published = publish('a');
  broker.confirms[0]?.(new Error('message nacked'));
  await until(() => broker.written.length === 2);
  confirmLast();
  await published;
  expect(broker.written).toEqual(['a', 'a']);
});

test('what a closed channel did not confirm is sent again on the next one, in order', async () => {
  const published = Promise.all(['a', 'b', 'c'].map((id) => publish(id)));
  broker.confirms[1]?.(null);
  for (const confirm of [0, 2]) broker.confirms[confirm]?.(new Error('channel closed'));
  broker.channels[0]?.emit('close');
  await until(() => broker.written.length === 5);
  expect(broker.written.slice(3)).toEqual(['a', 'c']);
  for (const confirm of broker.confirms.slice(3)) confirm(null);
  await published;
});

test('a request is asked again on a new channel until it is answered', async () => {
  const listener = { awaitsReply: true, confirmed() {}, failed() {} };
  const sending = publisher.send(message('a'), listener);
  confirmLast();
  broker.channels[0]?.emit('close');
  await until(() => broker.written.length === 2);
  publisher.drop(sending);
  broker.channels[1]?.emit('close');
  await until(() => broker.channels.length === 3);
  expect(broker.written).toEqual(['a', 'a']);
});

test('silence is a lost channel', async () => {
  const published = publish('a');
  await until(() => broker.written.length === 2);
  expect(broker.channels).toHaveLength(2);
  confirmLast();
  await published;
});

test('nothing is written while the broker blocks, or the buffer is full', async () => {
  broker.blocked = true;
  const first = publish('a');
  expect(broker.written).toEqual([]);
  broker.blocked = false;
  broker.full = true;
  broker.emit('unblocked');
  const second = publish('b');
  expect(broker.written).toEqual(['a']);
  broker.full = false;
  broker.channels[0]?.emit('drain');
  expect(broker.written).toEqual(['a', 'b']);
  for (const confirm of broker.confirms) confirm(null);
  await Promise.all([first, second]);
});

test('the silence of a broker that blocks is none', async () => {
  const published = publish('a');
  broker.blocked = true;
  await new Promise((resolve) => setTimeout(resolve, 400));
  broker.blocked = false;
  broker.emit('unblocked');
  confirmLast();
  await published;
  expect(broker.written).toEqual(['a']);
});

test('without a confirmation in time it is unavailable', async () => {
  await expect(publish('a', 50)).rejects.toMatchObject({ code: 'unavailable' });
});

test('what is given up while there is no channel is not kept until there is one', async () => {
  let back = () => {};
  const away = new Promise<void>((resolve) => {
    back = resolve;
  });
  const open = broker.connection.openConfirmChannel;
  broker.connection.openConfirmChannel = () => away.then(open);
  broker.channels[0]?.emit('close');
  const kept = publish('kept');
  await Promise.allSettled(['a', 'b', 'c'].map((id) => publish(id, 20)));
  expect(publisher.pending).toBe(1);
  back();
  await until(() => broker.written.length === 1);
  confirmLast();
  await kept;
  expect(broker.written).toEqual(['kept']);
});

test('what no queue takes fails after the queues were declared again', async () => {
  const published = publish('a');
  const unroutable = { properties: { messageId: 'a' }, fields: { routingKey: 'loans.Go' } };
  for (const round of [1, 2]) {
    await until(() => broker.written.length === round);
    broker.channels[0]?.emit('return', unroutable);
    confirmLast();
  }
  await expect(published).rejects.toMatchObject({ code: 'unroutable' });
  expect(broker.declared).toBe(1);
});

test('closing waits for what is under way, and gives up the rest', async () => {
  const confirmed = publish('a');
  const closing = publisher.close(1_000);
  await expect(publish('late')).rejects.toThrow('closed');
  broker.confirms[0]?.(null);
  await Promise.all([confirmed, closing]);
});
