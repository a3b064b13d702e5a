import type { ConsumeMessage } from 'amqplib';
import { commandToSend, parkedCopy, receivedFrom, replyAddressOf, replyFrom, replyProperties } from './wire.ts';

function delivery(content: string | Buffer, properties: object = {}): ConsumeMessage {
  const fields = { routingKey: 'loans.RequestLoan', exchange: 'commands', deliveryTag: 1, redelivered: false };
  return { content: Buffer.from(content as string), properties, fields } as unknown as ConsumeMessage;
}

const command = { context: 'loans', command: { type: 'RequestLoan', data: { amount: 1000 } }, commandId: 'c-1' };
const reason = { code: 'not_json', message: 'the body is not JSON', attempts: 1 };
const at = '2026-01-02T03:04:05.000Z';

test('the body is the data alone, the rest is in the properties', () => {
  const message = { ...command, correlationId: 'talk', causationId: 'e-1', actor: 'ada', traceparent: '00-1-2-01' };
  expect(commandToSend(message, { partition: 7, appId: 'gateway', replyTo: 'answers' })).toEqual({
    exchange: 'commands',
    routingKey: 'loans.RequestLoan.7',
    context: 'loans',
    queue: 'commands.loans.7',
    body: Buffer.from('{"amount":1000}'),
    properties: {
      type: 'RequestLoan',
      messageId: 'c-1',
      correlationId: 'talk',
      contentType: 'application/json',
      deliveryMode: 2,
      mandatory: true,
      headers: { 'causation-id': 'e-1', actor: 'ada', traceparent: '00-1-2-01' },
      replyTo: 'answers',
      appId: 'gateway',
    },
  });
});

test('what was not given is not sent; the conversation starts with the command', () => {
  const { properties } = commandToSend(command);
  expect(properties.correlationId).toBe('c-1');
  expect(JSON.parse(JSON.stringify(properties.headers))).toEqual({});
  expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(['replyTo']));
  expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(['appId']));
});

test('a command without data carries null', () => {
  const message = { ...command, command: { type: 'RequestLoan', data: undefined } };
  expect(commandToSend(message).body.toString()).toBe('null');
});

test('what is sent is what is received', () => {
  const message = { ...command, correlationId: 'talk', causationId: 'e-1', actor: 'ada', traceparent: '00-1-2-01' };
  const { body, properties } = commandToSend(message);
  expect(receivedFrom(delivery(body, properties))).toEqual({
    type: 'RequestLoan',
    commandId: 'c-1',
    correlationId: 'talk',
    causationId: 'e-1',
    actor: 'ada',
    traceparent: '00-1-2-01',
    body: Buffer.from('{"amount":1000}'),
  });
});

test('nothing of a delivery is trusted', () => {
  expect(receivedFrom(delivery(Buffer.from([0xff]), { headers: { actor: 7, traceparent: ['x'] } }))).toEqual({
    type: undefined,
    commandId: undefined,
    correlationId: undefined,
    causationId: undefined,
    actor: undefined,
    traceparent: undefined,
    body: Buffer.from([0xff]),
  });
  expect(receivedFrom(delivery('')).body).toEqual(Buffer.from(''));
});

test('a reply echoes the correlation id, or the message id where there is none', () => {
  expect(replyProperties(delivery('', { correlationId: 'talk', messageId: 'c-1' })).correlationId).toBe('talk');
  expect(replyProperties(delivery('', { messageId: 'c-1' })).correlationId).toBe('c-1');
});

test('a reply brings the request id back as it came, unless it is too long or no text', () => {
  const replyTo = (id: unknown) => replyProperties(delivery('', { headers: { 'request-id': id } })).headers;
  expect(replyTo('r-1')).toEqual({ 'request-id': 'r-1' });
  for (const id of [7, ['r'], { r: 1 }, 'r'.repeat(256)]) expect(replyTo(id)).toBeUndefined();
});

test('what is no reply is told from one', () => {
  expect(replyFrom(delivery('{"status":"accepted","command_id":"c-1"}'))).toMatchObject({ command_id: 'c-1' });
  for (const body of ['', 'null', '"accepted"', '{"state":1}', '{']) expect(replyFrom(delivery(body))).toBeUndefined();
});

test('what would act on a parked copy is only written down', () => {
  const properties = {
    messageId: 'c-1',
    expiration: '500',
    userId: 'ada',
    headers: { CC: ['a'], BCC: ['b'], depth: 1 },
  };
  const copy = parkedCopy('loans', delivery('body', properties), reason, at);
  expect(copy).toMatchObject({ exchange: 'parked', routingKey: 'commands.loans.parked', body: Buffer.from('body') });
  expect(copy.properties).toEqual({
    messageId: 'c-1',
    deliveryMode: 2,
    mandatory: true,
    headers: {
      depth: 1,
      'x-parked-code': 'not_json',
      'x-parked-reason': 'the body is not JSON',
      'x-parked-attempts': 1,
      'x-parked-at': at,
      'x-parked-routing-key': 'loans.RequestLoan',
      'x-parked-expiration': '500',
      'x-parked-user-id': 'ada',
      'x-parked-cc': ['a'],
      'x-parked-bcc': ['b'],
    },
  });
});

test('a reason never outgrows the headers', () => {
  const long = { code: 'failed', message: 'm'.repeat(1_000_000), stack: 's'.repeat(1_000_000) };
  const { headers } = parkedCopy('loans', delivery(''), long, at).properties;
  expect(JSON.stringify(headers).length).toBeLessThan(21_000);
});

test('a command is never answered into a queue of the system itself', () => {
  const to = (replyTo: unknown) => replyAddressOf(delivery('', { replyTo }));
  expect(to('amq.rabbitmq.reply-to.abc')).toBe('amq.rabbitmq.reply-to.abc');
  expect(to('answers')).toBe('answers');
  for (const address of ['commands.accounts.parked', 'commands.loans.3', '', 7, 'x'.repeat(256)])
    expect(to(address)).toBeUndefined();
});
