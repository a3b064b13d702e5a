import { createHash } from 'node:crypto';
import type { ParkedCommand } from '@daybook/core';
import type { GetMessage } from 'amqplib';
import { COMMANDS, incomingQueueOf } from './topology.ts';
import type { Outgoing } from './wire.ts';

/** Put there by the broker, when it dead-letters or delivers again: none of the sender's business. */
const BROKER_HEADERS = /^x-(death|delivery-count|acquired-count|(first|last)-death-(exchange|queue|reason)|opt-.*)$/;

/** What lies in a parked queue: set aside by decision, or dead-lettered because it ended its consumer again and again. */
export function parkedCommandFrom(message: GetMessage): ParkedCommand {
  const { properties, content } = message;
  const headers = properties.headers ?? {};
  const deadLettered = text(headers['x-first-death-reason']) ?? 'unknown';
  return {
    id: idOf(message),
    type: text(properties.type),
    routingKey: routingKeyOf(message),
    correlationId: text(properties.correlationId),
    headers: sendersOwn(headers),
    body: content.toString(),
    code: text(headers['x-parked-code']) ?? 'dead_lettered',
    reason: text(headers['x-parked-reason']) ?? `set aside by the broker: ${deadLettered}`,
    stack: text(headers['x-parked-stack']),
    attempts: count(headers['x-parked-attempts']),
    parkedAt: text(headers['x-parked-at']),
  };
}

/**
 * The command as it was sent, to the exchange it was sent to, with its own id. Not again with its expiration, which may
 * be over before anyone takes it, nor to CC and BCC, which had it the first time; `user_id` must be the publisher's own.
 */
export function replayOf(context: string, message: GetMessage): Outgoing {
  const { headers, expiration: _, userId: __, clusterId: ___, ...properties } = message.properties;
  return {
    exchange: COMMANDS,
    routingKey: routingKeyOf(message),
    context,
    queue: incomingQueueOf(context),
    body: message.content,
    properties: { ...properties, deliveryMode: 2, mandatory: true, headers: sendersOwn(headers ?? {}) },
  };
}

/** Two messages without an id are told apart by their content; the same content twice is the same to whoever looks. */
function idOf({ properties, content }: GetMessage): string {
  const id = text(properties.messageId);
  if (id) return id;
  const digest = createHash('sha256').update(String(properties.type)).update(content).digest('hex');
  return `no-id-${digest.slice(0, 12)}`;
}

function routingKeyOf({ properties, fields }: GetMessage): string {
  const [death] = (properties.headers?.['x-death'] ?? []) as { readonly 'routing-keys'?: readonly string[] }[];
  return text(properties.headers?.['x-parked-routing-key']) ?? death?.['routing-keys']?.[0] ?? fields.routingKey;
}

function sendersOwn(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('x-parked-') && !BROKER_HEADERS.test(name)),
  );
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
