import type { BoundedContext } from '@daybook/core';
import { COMMANDS, commandQueueOf, parkedQueueOf } from '@daybook/rabbitmq';
import { jsonSchemaOf, type Part, ref } from './json-schema.ts';
import { ParkedProperties } from './properties.ts';

const BINDING_VERSION = '0.3.0';
const persistent = { amqp: { deliveryMode: 2, mandatory: true, bindingVersion: BINDING_VERSION } };

/** The messages of a context's commands, by the routing key. */
export function commandMessages({ name: context, commands }: BoundedContext): Part {
  const messages = [...commands].map(([type, { schema, aggregate }]) => [
    `${context}.${type}`,
    {
      name: type,
      title: type,
      summary: `Asks something of a ${aggregate.name}.`,
      tags: [{ name: context }],
      contentType: 'application/json',
      headers: ref('components', 'schemas', 'CommandProperties'),
      correlationId: { location: '$message.header#/correlation_id' },
      payload: jsonSchemaOf(schema.shape.data),
      bindings: { amqp: { messageType: type, bindingVersion: BINDING_VERSION } },
    },
  ]);
  return Object.fromEntries(messages) as Part;
}

/** A context's routing keys, the queue behind them, and the queue of what was set aside. */
export function commandChannels(context: BoundedContext): Part {
  const servers = [ref('servers', 'rabbitmq')];
  const tags = [{ name: context.name }];
  const keys = [...context.commands.keys()].map((type) => `${context.name}.${type}`);
  const exchange = { name: COMMANDS, type: 'topic', durable: true, autoDelete: false, vhost: '/' };
  const routed = keys.map((key) => [
    key,
    {
      address: key,
      description: `The routing key ${key} of the exchange ${COMMANDS}.`,
      servers,
      tags,
      messages: { [key]: ref('components', 'messages', key) },
      bindings: { amqp: { is: 'routingKey', exchange, bindingVersion: BINDING_VERSION } },
    },
  ]);
  const queue = (name: string, description: string, messages: Part) => [
    name,
    {
      address: name,
      description,
      servers,
      tags,
      messages,
      bindings: {
        amqp: {
          is: 'queue',
          queue: { name, durable: true, exclusive: false, autoDelete: false, vhost: '/' },
          bindingVersion: BINDING_VERSION,
        },
      },
    },
  ];
  return Object.fromEntries([
    ...routed,
    queue(
      commandQueueOf(context.name),
      `Bound to ${COMMANDS} by ${context.name}.#; a quorum queue.`,
      Object.fromEntries(keys.map((key) => [key, ref('components', 'messages', key)])),
    ),
    queue(parkedQueueOf(context.name), 'What could not be handled, whole, for an operator; a quorum queue.', {
      Parked: ref('components', 'messages', 'Parked'),
    }),
  ]) as Part;
}

/** What may be sent to the context, and what it sets aside. */
export function commandOperations({ name: context, commands }: BoundedContext): Part {
  const tags = [{ name: context }];
  const parked = parkedQueueOf(context);
  const received = [...commands.keys()].map((type) => {
    const key = `${context}.${type}`;
    return [
      key,
      {
        action: 'receive',
        title: type,
        channel: ref('channels', key),
        messages: [ref('channels', key, 'messages', key)],
        tags,
        bindings: persistent,
        reply: { address: { location: '$message.header#/reply_to' }, channel: ref('channels', 'replies') },
      },
    ];
  });
  const set_aside = {
    action: 'send',
    title: 'Set aside',
    channel: ref('channels', parked),
    messages: [ref('channels', parked, 'messages', 'Parked')],
    tags,
    bindings: persistent,
  };
  return Object.fromEntries([...received, [parked, set_aside]]) as Part;
}

/** A message as its sender wrote it, which may be anything, and why it is set aside. */
export const parkedMessage: Part = {
  name: 'Parked',
  title: 'A command that was set aside',
  summary: 'Body, properties and headers as they were sent, and why.',
  headers: jsonSchemaOf(ParkedProperties),
  payload: {},
};
