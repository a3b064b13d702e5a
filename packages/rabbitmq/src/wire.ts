import type { CommandMessage, ParkReason, ReceivedCommand, Reply } from '@daybook/core';
import type { ConsumeMessage, Options } from 'amqplib';
import { COMMANDS, incomingQueueOf, PARKED, parkedQueueOf, partitionQueueOf, routingKeyOf } from './topology.ts';

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

/** How a command is sent, besides what it says itself. */
export interface Sender {
  /** Of the command's aggregate; left out by who does not know it. */
  readonly partition?: number | undefined;
  readonly appId?: string | undefined;
  readonly replyTo?: string | undefined;
}

/**
 * A command as it travels: the body is the JSON of its data alone, all else is in the properties.
 * `mandatory`, for a broker confirms what no queue takes. Headers that are undefined are left out.
 */
export function commandToSend(message: CommandMessage, { partition, appId, replyTo }: Sender = {}): Outgoing {
  const { context, command, commandId, correlationId, causationId, actor, traceparent } = message;
  return {
    exchange: COMMANDS,
    routingKey: routingKeyOf(context, command.type, partition),
    context,
    queue: partition === undefined ? incomingQueueOf(context) : partitionQueueOf(context, partition),
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
 * A delivery with everything the sender put into it, and why it is set aside. It does not expire.
 * @param at RFC 3339
 */
export function parkedCopy(context: string, message: ConsumeMessage, reason: ParkReason, at: string): Outgoing {
  const { headers, ...properties } = copyOf(message, 'parked');
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
        ...(headers as Record<string, unknown>),
        'x-parked-code': reason.code,
        'x-parked-reason': reason.message.slice(0, MAX_REASON),
        'x-parked-stack': reason.stack?.slice(0, MAX_STACK),
        'x-parked-attempts': reason.attempts,
        'x-parked-at': at,
        'x-parked-routing-key': message.fields.routingKey,
        'x-parked-expiration': message.properties.expiration,
      },
    },
  };
}

/**
 * The properties of a delivery, for a copy of it. What would act on the copy goes into headers `x-<how>-…` instead:
 * `user_id` must be the publishing connection's own, `CC` and `BCC` would send it elsewhere too; `expiration` is left out.
 */
export function copyOf({ properties }: ConsumeMessage, how: 'parked' | 'forwarded'): Options.Publish {
  const { expiration: _, userId, clusterId: __, headers, ...kept } = properties;
  const { CC: cc, BCC: bcc, ...others } = headers ?? {};
  return {
    ...kept,
    headers: { ...others, [`x-${how}-user-id`]: userId, [`x-${how}-cc`]: cc, [`x-${how}-bcc`]: bcc },
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
