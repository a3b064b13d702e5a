import type { BoundedContext } from '@daybook/core';
import { commandChannels, commandMessages, commandOperations, parkedMessage } from './commands.ts';
import { eventMessages, feedChannel, feedOperation, noEffectMessage, refusalMessage } from './events.ts';
import { jsonSchemaOf, type Part, tagOf } from './json-schema.ts';
import { CommandProperties, Metadata, NoEffect, Refusal, ReplyProperties } from './properties.ts';
import { replyChannel, replyMessages } from './replies.ts';

/** An AsyncAPI 3 document. */
export interface AsyncApi {
  readonly asyncapi: '3.1.0';
  readonly info: Part;
  readonly servers: Part;
  readonly channels: Part;
  readonly operations: Part;
  readonly components: Part;
}

/** Describes the messages of the contexts: the commands they take over AMQP, the replies, and the events they record. */
export function asyncApi(contexts: readonly BoundedContext[]): AsyncApi {
  const feeds = contexts.map((context) => ({ context, channel: `${context.name}.events` }));
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Daybook messages',
      version: '1',
      description:
        'Commands over AMQP, their replies, and the events that are recorded. ' +
        'Personal data is marked with `x-personal`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: contexts.map(({ name }) => tagOf(name)),
    },
    defaultContentType: 'application/json',
    servers: {
      rabbitmq: {
        host: 'localhost:5672',
        protocol: 'amqp',
        protocolVersion: '0-9-1',
        description: 'RabbitMQ; RABBITMQ_URL says where.',
      },
      event_store: {
        host: 'localhost:5432',
        protocol: 'postgres',
        description: 'The event store, in Postgres or EventStoreDB; EVENT_STORE_URL says where.',
      },
    },
    channels: Object.assign(
      {},
      ...contexts.map(commandChannels),
      { replies: replyChannel() },
      ...feeds.map(({ context, channel }) => ({ [channel]: feedChannel(context) })),
    ) as Part,
    operations: Object.assign(
      {},
      ...contexts.map(commandOperations),
      ...feeds.map(({ context, channel }) => ({ [channel]: feedOperation(context, channel) })),
    ) as Part,
    components: {
      securitySchemes: {
        rabbitmq: { type: 'userPassword', description: 'A user of RabbitMQ, in RABBITMQ_URL.' },
        event_store: { type: 'userPassword', description: 'A user of Postgres or EventStoreDB, in EVENT_STORE_URL.' },
      },
      tags: Object.fromEntries(
        contexts.map(({ name }) => [name, { name, description: `The messages of the context ${name}.` }]),
      ),
      messages: Object.assign(
        {},
        ...contexts.map(commandMessages),
        replyMessages(),
        { Parked: parkedMessage },
        ...contexts.map(eventMessages),
        { CommandRejected: refusalMessage(), CommandHadNoEffect: noEffectMessage() },
      ) as Part,
      schemas: {
        CommandProperties: jsonSchemaOf(CommandProperties),
        ReplyProperties: jsonSchemaOf(ReplyProperties),
        EventMetadata: jsonSchemaOf(Metadata),
        Refusal: jsonSchemaOf(Refusal),
        NoEffect: jsonSchemaOf(NoEffect),
      },
    },
  } as AsyncApi;
}
