import { loans } from '@daybook/loans';
import type { ConsumeMessage } from 'amqplib';
import { forwarded } from './forward.ts';

const ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

function delivery(
  properties: object,
  { body = JSON.stringify({ loan_application_uuid: ID }), key = 'loans.SubmitLoanRequest' } = {},
) {
  const fields = { routingKey: key, exchange: 'commands', deliveryTag: 1, redelivered: false };
  return { content: Buffer.from(body), properties, fields } as unknown as ConsumeMessage;
}

test('a command goes to the partition of its aggregate as it was sent', () => {
  const properties = {
    type: 'SubmitLoanRequest',
    messageId: 'c-1',
    correlationId: 'talk',
    replyTo: 'me',
    expiration: '5000',
  };
  expect(forwarded(loans, delivery({ ...properties, headers: { actor: 'ada' } }))).toEqual({
    exchange: 'commands',
    routingKey: 'loans.SubmitLoanRequest.8',
    context: 'loans',
    queue: 'commands.loans.8',
    body: Buffer.from(`{"loan_application_uuid":"${ID}"}`),
    properties: { ...properties, mandatory: true, headers: { actor: 'ada' } },
  });
});

test('what would act on the copy is only written down', () => {
  const { properties } = forwarded(
    loans,
    delivery({ userId: 'ada', clusterId: 'x', headers: { CC: ['a'], BCC: ['b'] } }),
  );
  expect(properties).toEqual({
    mandatory: true,
    headers: { 'x-forwarded-user-id': 'ada', 'x-forwarded-cc': ['a'], 'x-forwarded-bcc': ['b'] },
  });
});

test.each([
  ['its routing key', 'loans.Anything', 'loans.Anything.8'],
  ['an empty word', 'loans.', 'loans..8'],
  ['its type, where the key is for something else', 'other.key', 'loans.SubmitLoanRequest.8'],
  ['its type, where it came straight to the queue', 'commands.loans.incoming', 'loans.SubmitLoanRequest.8'],
])('the type in the new routing key is that of %s', (_what, key, expected) => {
  expect(forwarded(loans, delivery({ type: 'SubmitLoanRequest' }, { key })).routingKey).toBe(expected);
});

test('a type is one word of the routing key', () => {
  const { routingKey } = forwarded(loans, delivery({ type: 'a.b' }, { key: 'other.key', body: '' }));
  expect(routingKey).toBe('loans.a_b.0');
});
