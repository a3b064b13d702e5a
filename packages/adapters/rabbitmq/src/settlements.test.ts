import type { Channel, ConsumeMessage } from 'amqplib';
import { Settlements } from './settlements.ts';

let sent: string[];
let errors: unknown[];
let settlements: Settlements;

beforeEach(() => {
  sent = [];
  errors = [];
  const channel = {
    ack: ({ fields }: ConsumeMessage, all = false) => sent.push(`ack ${all ? 'up to ' : ''}${fields.deliveryTag}`),
    reject: ({ fields }: ConsumeMessage) => sent.push(`reject ${fields.deliveryTag}`),
  } as unknown as Channel;
  settlements = new Settlements(channel, (err) => errors.push(err));
  for (const tag of [1, 2, 3, 4, 5]) settlements.delivered(tag);
});

const reply = (tag: number) => () => void sent.push(`reply ${tag}`);
const turn = () => new Promise(setImmediate);

test('those done in one turn are acknowledged at once, and then answered', async () => {
  for (const tag of [2, 1, 3]) settlements.ack(tag, reply(tag));
  expect(sent).toEqual([]);
  await turn();
  expect(sent).toEqual(['ack up to 3', 'reply 2', 'reply 1', 'reply 3']);
});

test('what is not done is not acknowledged by what comes after it', async () => {
  for (const tag of [1, 3, 4]) settlements.ack(tag, reply(tag));
  await turn();
  expect(sent).toEqual(['ack up to 1', 'reply 1', 'ack 3', 'reply 3', 'ack 4', 'reply 4']);
  sent = [];
  settlements.ack(2, undefined);
  await turn();
  settlements.ack(5, undefined);
  await turn();
  expect(sent).toEqual(['ack up to 2', 'ack up to 5']);
});

test('a reply that can not be sent costs no other its own', async () => {
  settlements.ack(1, () => {
    throw new Error('Field correlationId is too long');
  });
  settlements.ack(2, reply(2));
  await turn();
  expect(sent).toEqual(['ack up to 2', 'reply 2']);
  expect(errors).toHaveLength(1);
});

test('a channel that is gone is no error of the command', async () => {
  settlements.ack(1, () => {
    throw new Error('channel closed');
  });
  await turn();
  expect(errors).toHaveLength(1);
});
