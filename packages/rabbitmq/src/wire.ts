import type { CommandMessage, ParkReason, ReceivedCommand, Reply } from '@daybook/core';
import type { ConsumeMessage, Options } from 'amqplib';
import { COMMANDS, commandQueueOf, PARKED, parkedQueueOf } from './topology.ts';

/** A message on its way to an exchange. */
export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  /** The context whose queue has to take it. */
  readonly context: string;
  readonly queue: string;
  readonly body: Buffer;
  readonly properties: Options.Publish;
}

/** The headers table must fit amqplib's 64 KiB with whatever the sender put there. */
const MAX_REASON = 2_000;
const MAX_STACK = 8_000;

/**
 * A command as it travels: the body is the JSON of its data alone, all else is in the properties.
 * `mandatory`, for a broker confirms what no queue takes. Headers that are undefined are left out.
 */
export function commandToSend(message: CommandMessage, appId?: string, replyTo?: string): Outgoing {
  const { context, command, commandId, correlationId, causationId, actor, traceparent } = message;
  return {
    exchange: COMMANDS,
    routingKey: `${context}.${command.type}`,
    context,
    queue: commandQueueOf(context),
    body: Buffer.from(JSON.stringify(command.data ?? null)),
    properties: {
      type: command.type,
      messageId: commandId,
      correlationId: correlationId ?? commandId,
      contentType: 'application/json',
      deliveryMode: 2,
      mandatory: true,
      headers: { 'causation-id': causationId, actor, traceparent },
      ...(replyTo !== undefined && { replyTo }),
      ...(appId !== undefined && { appId }),
    },
  };
}

/** What a delivery says, unchecked; a header that isn't text counts as absent. */
export function receivedFrom({ properties, content }: ConsumeMessage): ReceivedCommand {
  const headers = properties.headers;
  return {
    type: properties.type,
    commandId: properties.messageId,
    correlationId: properties.correlationId,
    causationId: text(headers?.['causation-id']),
    actor: text(headers?.actor),
    traceparent: text(headers?.traceparent),
    body: content.toString(),
  };
}

/** The properties of the answer to a delivery. Not `mandatory`: whoever asked may be gone, and asks again. */
export function replyProperties({ properties }: ConsumeMessage): Options.Publish {
  return {
    type: 'reply',
    contentType: 'application/json',
    correlationId: properties.correlationId ?? properties.messageId,
  };
}

/** @returns undefined when it isn't a reply */
export function replyFrom({ content }: ConsumeMessage): Reply | undefined {
  try {
    const reply: unknown = JSON.parse(content.toString());
    return typeof reply === 'object' && reply !== null && 'status' in reply ? (reply as Reply) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A delivery with everything the sender put into it, and why it is set aside.
 * What would act on the copy goes into headers instead: `expiration` would drop it, `user_id` must be the
 * publishing connection's own, `CC` and `BCC` would send it elsewhere too.
 * @param at RFC 3339
 */
export function parkedCopy(context: string, message: ConsumeMessage, reason: ParkReason, at: string): Outgoing {
  const { expiration, userId, clusterId: _, headers, ...properties } = message.properties;
  const { CC: cc, BCC: bcc, ...kept } = headers ?? {};
  const queue = parkedQueueOf(context);
  return {
    exchange: PARKED,
    routingKey: queue,
    context,
    queue,
    body: message.content,
    properties: {
      ...properties,
      deliveryMode: 2,
      mandatory: true,
      headers: {
        ...kept,
        'x-parked-code': reason.code,
        'x-parked-reason': reason.message.slice(0, MAX_REASON),
        'x-parked-stack': reason.stack?.slice(0, MAX_STACK),
        'x-parked-attempts': reason.attempts,
        'x-parked-at': at,
        'x-parked-routing-key': message.fields.routingKey,
        'x-parked-expiration': expiration,
        'x-parked-user-id': userId,
        'x-parked-cc': cc,
        'x-parked-bcc': bcc,
      },
    },
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
