import { createHash } from 'node:crypto';
import { MalformedMessage, type ParkedCommand } from '@daybook/core';
import type { ConsumeMessage } from 'amqplib';
import { BODY_BYTES, NOT_CARRIED } from './header-gate.ts';
import { COMMANDS, incomingQueueOf } from './topology.ts';
import { type Outgoing, REQUEST_ID } from './wire.ts';

/** Put there by the broker, when it dead-letters or delivers again: none of the sender's business. */
const BROKER_HEADERS = /^x-(death|delivery-count|acquired-count|(first|last)-death-(exchange|queue|reason)|opt-.*)$/;

/** What lies in a parked queue: set aside by decision, or dead-lettered because it ended its consumer again and again. */
export function parkedCommandFrom(message: ConsumeMessage): ParkedCommand {
  const { properties, content } = message;
  const headers = properties.headers ?? {};
  const death = deathOf(message);
  // Of one that the broker set aside, nobody has checked what its sender wrote.
  const ours: Readonly<Record<string, unknown>> = death === undefined ? headers : {};
  return {
    id: idOf(message),
    type: text(properties.type),
    routingKey: routingKeyOf(message),
    correlationId: text(properties.correlationId),
    headers: sendersOwn(headers),
    body: content.toString(),
    bodyBytes: Number(ours['x-parked-body-bytes'] ?? headers[BODY_BYTES] ?? content.length),
    code: text(ours['x-parked-code']) ?? 'dead_lettered',
    reason: text(ours['x-parked-reason']) ?? `set aside by the broker: ${death?.reason ?? 'unknown'}`,
    stack: text(ours['x-parked-stack']),
    attempts: count(ours['x-parked-attempts']),
    parkedAt: text(ours['x-parked-at']),
  };
}

/** What the broker says of a message that it has set aside itself; undefined for one that Daybook parked. */
function deathOf({
  properties,
}: ConsumeMessage): { readonly reason: string; readonly key: string | undefined } | undefined {
  const deaths: unknown = properties.headers?.['x-death'];
  const [latest] = Array.isArray(deaths) ? (deaths as unknown[]) : [];
  if (typeof latest !== 'object' || latest === null) return undefined;
  const { reason, 'routing-keys': keys } = latest as Readonly<Record<string, unknown>>;
  const [key] = Array.isArray(keys) ? (keys as unknown[]) : [];
  return { reason: text(reason) ?? 'unknown', key: text(key) };
}

/**
 * The command as it was sent, to the exchange it was sent to, with its own id. Not again with its expiration, which may
 * be over before anyone takes it, nor to CC and BCC, which had it the first time; `user_id` must be the publisher's own.
 */
export function replayOf(context: string, message: ConsumeMessage): Outgoing {
  const bytes = message.properties.headers?.[BODY_BYTES] ?? message.properties.headers?.['x-parked-body-bytes'];
  if (bytes !== undefined)
    throw new MalformedMessage(
      'too_large',
      `its body of ${bytes} bytes is too large to be handled: it can be discarded`,
    );
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

/** One without an id has the name that it was parked with, or one made of its content. */
function idOf({ properties, content }: ConsumeMessage): string {
  const id = text(properties.messageId);
  if (id) return id;
  const given = text(properties.headers?.['x-parked-id']);
  if (given !== undefined && /^[0-9a-f]{12}$/.test(given)) return `no-id-${given}`;
  const digest = createHash('sha256').update(String(properties.type)).update(content).digest('hex');
  return `no-id-${digest.slice(0, 12)}`;
}

function routingKeyOf(message: ConsumeMessage): string {
  const death = deathOf(message);
  if (death !== undefined) return death.key ?? message.fields.routingKey;
  return text(message.properties.headers?.['x-parked-routing-key']) ?? message.fields.routingKey;
}

/** Written by Daybook when a message came in, or was set aside. */
const NOT_THE_SENDERS = new RegExp(`^(x-parked-.*|x-refused-.*|${BODY_BYTES}|${NOT_CARRIED})$`);

function sendersOwn(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      // Whoever waited under the request's id waits no longer.
      ([name]) => !NOT_THE_SENDERS.test(name) && !BROKER_HEADERS.test(name) && name !== REQUEST_ID,
    ),
  );
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
