import type { BoundedContext } from '@daybook/core';
import { jsonSchemaOf, type Part, ref, securityOf, tagOf } from './json-schema.ts';

/** The messages of a context's events, by context and type. The payload is an event's data, the headers are its metadata. */
export function eventMessages({ name: context, aggregates }: BoundedContext): Part {
  const messages = aggregates.flatMap((aggregate) =>
    aggregate.events.options.map(({ shape }) => [
      `${context}.${shape.type.value}`,
      {
        name: shape.type.value,
        title: shape.type.value,
        summary: `Happened to a ${aggregate.name}.`,
        tags: [tagOf(context)],
        contentType: 'application/json',
        headers: ref('components', 'schemas', 'EventMetadata'),
        correlationId: { location: '$message.header#/correlation_id' },
        payload: jsonSchemaOf(shape.data),
      },
    ]),
  );
  return Object.fromEntries(messages) as Part;
}

/** The record of a refused command, in the stream of any aggregate. */
export function refusalMessage(): Part {
  return {
    name: 'CommandRejected',
    title: 'CommandRejected',
    summary: 'A command was refused.',
    contentType: 'application/json',
    headers: ref('components', 'schemas', 'EventMetadata'),
    correlationId: { location: '$message.header#/correlation_id' },
    payload: ref('components', 'schemas', 'Refusal'),
  };
}

/** The record of a command that was accepted and had no effect, in the stream of any aggregate. */
export function noEffectMessage(): Part {
  return {
    name: 'CommandHadNoEffect',
    title: 'CommandHadNoEffect',
    summary: 'A command was accepted, and there was nothing to do.',
    contentType: 'application/json',
    headers: ref('components', 'schemas', 'EventMetadata'),
    correlationId: { location: '$message.header#/correlation_id' },
    payload: ref('components', 'schemas', 'NoEffect'),
  };
}

/** A context's feed: all its events in one order. */
export function feedChannel(context: BoundedContext): Part {
  const keys = [...Object.keys(eventMessages(context)), 'CommandRejected', 'CommandHadNoEffect'];
  return {
    address: context.name,
    title: `The feed of ${context.name}`,
    description:
      `Every event of ${context.name} in one order, each with id, stream, revision and position. ` +
      `In EventStoreDB the category stream $ce-${context.name}.`,
    servers: [ref('servers', 'event_store')],
    tags: [tagOf(context.name)],
    messages: Object.fromEntries(keys.map((key) => [key, ref('components', 'messages', key)])),
  };
}

/** What is told to every subscription group of the feed. */
export function feedOperation(context: BoundedContext, channel: string): Part {
  return {
    action: 'send',
    title: `Events of ${context.name}`,
    description: 'To every subscription group, at least once.',
    channel: ref('channels', channel),
    tags: [tagOf(context.name)],
    security: securityOf('event_store'),
  };
}
