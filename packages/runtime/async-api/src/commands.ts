import type { BoundedContext } from '@daybook/core';
import { COMMANDS, incomingQueueOf, PARTITIONS, parkedQueueOf } from '@daybook/rabbitmq';
import { jsonSchemaOf, type Part, ref, securityOf, tagOf } from './json-schema.ts';
import { ParkedProperties } from './properties.ts';

const BINDING_VERSION = '0.3.0';
const PARTITION = `which is the CRC-32 of the aggregate's id, as its stream is named by it, modulo ${PARTITIONS}`;
const persistent = { amqp: { deliveryMode: 2, mandatory: true, bindingVersion: BINDING_VERSION } };

/** The messages of a context's commands, by the routing key. */
export function commandMessages({ name: context, commands }: BoundedContext): Part {
  const messages = [...commands].map(([type, { schema, aggregate }]) => [
    `${context}.${type}`,
    {
      name: type,
      title: type,
      summary: `Asks something of a ${aggregate.name}.`,
      tags: [tagOf(context)],
      contentType: 'application/json',
      headers: ref('components', 'schemas', 'CommandProperties'),
      correlationId: { location: '$message.header#/correlation_id' },
      payload: jsonSchemaOf(schema.shape.data),
      bindings: { amqp: { messageType: type, bindingVersion: BINDING_VERSION } },
    },
  ]);
  return Object.fromEntries(messages) as Part;
}

/** A context's routing keys, the queues behind them, and the queue of what was set aside. */
export function commandChannels(context: BoundedContext): Part {
  const servers = [ref('servers', 'rabbitmq')];
  const tags = [tagOf(context.name)];
  const keys = [...context.commands.keys()].map((type) => `${context.name}.${type}`);
  const exchange = { name: COMMANDS, type: 'topic', durable: true, autoDelete: false, vhost: '/' };
  const routed = keys.map((key) => [
    key,
    {
      address: key,
      description: `The routing key ${key} of the exchange ${COMMANDS}; better ${key}.<partition>, ${PARTITION}.`,
      servers,
      tags,
      messages: { [key]: ref('components', 'messages', key) },
      bindings: { amqp: { is: 'routingKey', exchange, bindingVersion: BINDING_VERSION } },
    },
  ]);
  const commands = Object.fromEntries(keys.map((key) => [key, ref('components', 'messages', key)]));
  const queue = (name: string, description: string, messages: Part, more: Part = {}) => [
    name,
    {
      address: name,
      description,
      servers,
      tags,
      messages,
      ...more,
      bindings: {
        amqp: {
          is: 'queue',
          queue: { name, durable: true, exclusive: false, autoDelete: false, vhost: '/' },
          bindingVersion: BINDING_VERSION,
        },
      },
    },
  ];
  const partition = {
    description: `The partition, ${PARTITION}.`,
    enum: Array.from({ length: PARTITIONS }, (_, number) => String(number)),
  };
  return Object.fromEntries([
    ...routed,
    queue(
      `commands.${context.name}.{partition}`,
      `Bound to ${COMMANDS} by ${context.name}.*.<partition>; quorum queues with a single active consumer.`,
      commands,
      { parameters: { partition } },
    ),
    queue(
      incomingQueueOf(context.name),
      `Bound to ${COMMANDS} by ${context.name}.*: commands without a partition, which are forwarded to theirs; a quorum queue with a single active consumer.`,
      commands,
    ),
    queue(parkedQueueOf(context.name), 'What could not be handled, whole, for an operator; a quorum queue.', {
      Parked: ref('components', 'messages', 'Parked'),
    }),
  ]) as Part;
}

/** What may be sent to the context, and what it sets aside. */
export function commandOperations({ name: context, commands }: BoundedContext): Part {
  const tags = [tagOf(context)];
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
        security: securityOf('rabbitmq'),
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
    security: securityOf('rabbitmq'),
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
