import { randomUUID } from 'node:crypto';
import type { CommandMessage, ParkReason, ReceivedCommand, Reply } from '@daybook/core';
import type { ConsumeMessage, Options } from 'amqplib';
import { BODY_BYTES, NOT_CARRIED, REFUSED_CODE, REFUSED_REASON } from './header-gate.ts';
import { cutToBytes, MAX_SHORT } from './short-text.ts';
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

/** The headers table must fit amqplib's 64 KiB with what the gate lets through, bytes. */
const MAX_REASON = 4_000;
const MAX_STACK = 16_000;

/** How a command is sent, besides what it says itself. */
export interface Sender {
  /** Of the command's aggregate; left out by who does not know it. */
  readonly partition?: number | undefined;
  readonly appId?: string | undefined;
  readonly replyTo?: string | undefined;
  /** Comes back with the reply: which of those who wait it is for. */
  readonly requestId?: string | undefined;
}

/** The header that a reply brings back as it came: callers may share a correlation id, and even a command's id. */
export const REQUEST_ID = 'request-id';
/** A longer one is not brought back. */
const MAX_REQUEST_ID = 255;

/**
 * A command as it travels: the body is the JSON of its data alone, all else is in the properties.
 * `mandatory`, for a broker confirms what no queue takes. Headers that are undefined are left out.
 */
export function commandToSend(
  message: CommandMessage,
  { partition, appId, replyTo, requestId }: Sender = {},
): Outgoing {
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
      headers: { 'causation-id': causationId, actor, traceparent, [REQUEST_ID]: requestId },
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
    body: content,
  };
}

/** Why a delivery can't be handled, found where it came in; undefined when it can. */
export function refusalOf({ properties }: ConsumeMessage): ParkReason | undefined {
  const [code, message] = [text(properties.headers?.[REFUSED_CODE]), text(properties.headers?.[REFUSED_REASON])];
  return code === undefined ? undefined : { code, message: message ?? code, attempts: 1 };
}

/** What a sender is told whose command is parked unhandled. */
export function unhandledReply(
  status: 'invalid' | 'failed',
  { properties }: ConsumeMessage,
  { code, message }: ParkReason,
): Reply {
  return { status, command_id: text(properties.messageId) ?? null, error: { code, message } };
}

/** The properties of the answer to a delivery. Not `mandatory`: whoever asked may be gone, and asks again. */
export function replyProperties({ properties }: ConsumeMessage): Options.Publish {
  const requestId = requestIdOf(properties.headers);
  const correlationId = short(properties.correlationId) ?? short(properties.messageId);
  return {
    type: 'reply',
    contentType: 'application/json',
    ...(correlationId !== undefined && { correlationId }),
    ...(requestId !== undefined && { headers: { [REQUEST_ID]: requestId } }),
  };
}

/** A text that AMQP carries back. */
function short(value: unknown): string | undefined {
  return typeof value === 'string' && Buffer.byteLength(value) <= MAX_SHORT ? value : undefined;
}

/** Which request a message belongs to, if it says so. */
export function requestIdOf(headers: ConsumeMessage['properties']['headers']): string | undefined {
  const id = text(headers?.[REQUEST_ID]);
  return id !== undefined && id.length <= MAX_REQUEST_ID ? id : undefined;
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
        'x-parked-reason': cutToBytes(reason.message, MAX_REASON),
        'x-parked-stack': reason.stack && cutToBytes(reason.stack, MAX_STACK),
        'x-parked-attempts': reason.attempts,
        'x-parked-at': at,
        'x-parked-body-bytes': message.properties.headers?.[BODY_BYTES],
        // A handle for one that has no id.
        'x-parked-id': message.properties.messageId ? undefined : randomUUID().slice(-12),
        'x-parked-routing-key': message.fields.routingKey,
        'x-parked-expiration': message.properties.expiration,
      },
    },
  };
}

/** Said of one delivery, and not of the message. */
const OF_THE_DELIVERY = new Set([
  'CC',
  'BCC',
  'x-delivery-count',
  'x-acquired-count',
  REFUSED_CODE,
  REFUSED_REASON,
  BODY_BYTES,
  NOT_CARRIED,
]);

/**
 * The properties of a delivery, for a copy of it. What would act on the copy goes into headers `x-<how>-…` instead:
 * `user_id` must be the publishing connection's own, `CC` and `BCC` would send it elsewhere too; `expiration` is left out.
 */
export function copyOf({ properties }: ConsumeMessage, how: 'parked' | 'forwarded'): Options.Publish {
  const { expiration: _, userId, clusterId: __, headers = {}, ...kept } = properties;
  const ofTheMessage = Object.entries(headers).filter(([name]) => !OF_THE_DELIVERY.has(name));
  const said = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });
  return {
    ...kept,
    headers: {
      ...Object.fromEntries(ofTheMessage),
      ...said(`x-${how}-user-id`, userId),
      ...said(`x-${how}-cc`, headers.CC),
      ...said(`x-${how}-bcc`, headers.BCC),
      ...said(how === 'forwarded' ? NOT_CARRIED : 'x-parked-not-carried', headers[NOT_CARRIED]),
    },
  };
}

/** Where a reply may go: to whoever asked, never into the system's own queues. @returns undefined: nobody is told */
export function replyAddressOf({ properties }: ConsumeMessage): string | undefined {
  const address: unknown = properties.replyTo;
  if (typeof address !== 'string' || address === '' || Buffer.byteLength(address) > MAX_SHORT) return undefined;
  return address.startsWith(`${COMMANDS}.`) ? undefined : address;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
