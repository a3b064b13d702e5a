import { defineApp } from '@daybook/app';
import {
  aggregate,
  boundedContext,
  command,
  type EffectCarrier,
  event,
  eventHandler,
  Unavailable,
} from '@daybook/core';
import { z } from 'zod';

const OrderCommand = z.discriminatedUnion('type', [command('PlaceOrder', { order: z.string() })]);
const OrderEvent = z.discriminatedUnion('type', [event('OrderPlaced', { order: z.string() })]);

/** Tells the warehouse of an order, and the accounts. */
const tellOthers = eventHandler<z.infer<typeof OrderEvent>, Record<string, never>>({
  name: 'TellOthers',
  reactsTo: ['OrderPlaced'],
  folds: {},
  effects: ['webhook'],
  handle: ({ data: { order } }) => ({
    effects: ['warehouse', 'accounts'].map((to) => ({ kind: 'webhook', data: { to, order } })),
  }),
});

const shop = boundedContext({
  name: 'shop',
  aggregates: [
    aggregate({
      name: 'Order',
      commands: OrderCommand,
      events: OrderEvent,
      id: 'order',
      decider: {
        initial: null,
        decide: ({ data }) => [{ type: 'OrderPlaced' as const, data }],
        evolve: (state) => state,
      },
    }),
  ],
  eventHandlers: [tellOthers],
});

const webhook: EffectCarrier = async ({ data }, { id, signal }) => {
  const answer = await fetch(process.env.WEBHOOK_URL as string, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify(data),
    signal,
  }).catch((error: unknown) => {
    throw new Unavailable('the receiver', error);
  });
  if (answer.status >= 500) throw new Unavailable('the receiver', answer.status);
  if (!answer.ok) throw new Error(`the receiver answered ${answer.status}`);
};

export default defineApp({ contexts: [shop], effects: { webhook } });
