import { defineApp } from '@daybook/app';
import { aggregate, boundedContext, command, event, sqlConsumer } from '@daybook/core';
import { z } from 'zod';

const OrderCommand = z.discriminatedUnion('type', [command('PlaceOrder', { order: z.string() })]);
const OrderEvent = z.discriminatedUnion('type', [event('OrderPlaced', { order: z.string() })]);

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
});

const version = Number(process.env.CONSUMER_VERSION ?? 1);
const table = `reports.orders_v${version}`;

/** Counts how often it has seen each order; refuses what `reports.refused` holds. */
const orders = sqlConsumer<z.infer<typeof OrderEvent>>({
  name: 'orders',
  context: 'shop',
  version,
  types: ['OrderPlaced'],
  create: `
    create schema if not exists reports;
    create table if not exists reports.refused (order_id text primary key);
    create table if not exists ${table} (order_id text primary key, seen integer not null, place serial)`,
  async handle(events, tx) {
    for (const { data } of events) {
      const refused = await tx.query('select from reports.refused where order_id = $1', [data.order]);
      if (refused.length > 0) throw new Error(`the order ${data.order} is refused`);
      await tx.query(
        `insert into ${table} values ($1, 1) on conflict (order_id) do update set seen = ${table.slice('reports.'.length)}.seen + 1`,
        [data.order],
      );
    }
  },
});

export default defineApp({ contexts: [shop], consumers: [orders] });
