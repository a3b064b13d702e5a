import { defineApp } from '@daybook/app';
import { eventHandler, fold, reject, sqlConsumer } from '@daybook/core';
import { loans } from '@daybook/loans';

/** Tells somebody else of each loan that is asked for. */
const tellOthers = eventHandler({
  name: 'TellOthers',
  reactsTo: ['LoanRequested'],
  folds: { LoanRequest: fold({ initial: null, evolve: (part) => part }) },
  effects: ['webhook'],
  handle: (event) => ({ effects: [{ kind: 'webhook', data: event.data }] }),
});

/** Loans by the day on which they were asked for. */
const requested = sqlConsumer({
  name: 'requested',
  context: 'loans',
  version: 1,
  types: ['LoanRequested'],
  create: `
    create schema if not exists reports;
    create table if not exists reports.requested (day date primary key, loans integer not null)`,
  async handle(events, tx) {
    for (const { metadata } of events) {
      await tx.query(
        `insert into reports.requested values ($1::timestamptz::date, 1)
         on conflict (day) do update set loans = requested.loans + 1`,
        [metadata.recorded_at],
      );
    }
  },
});

/** Every hook at once. */
export default defineApp({
  contexts: [{ ...loans, eventHandlers: [tellOthers] }],
  middleware: [
    {
      name: 'only-known',
      handle: ({ metadata }, next) =>
        metadata.actor === 'stranger' ? reject('not_known', 'we do not know you') : next({ office: 'Berlin' }),
    },
  ],
  gatewayRoutes: (api, { send }) => {
    api.post('/requests', (request) =>
      send('loans', { type: 'RequestLoan', data: request.body as object }, { actor: 'clerk' }),
    );
  },
  queryRoutes: (api, { query }) => {
    api.get('/reports/requested', () => query('select sum(loans)::integer as loans from reports.requested'));
    api.get('/reports/cheat', () => query('delete from reports.requested'));
  },
  consumers: [requested],
  effects: {
    async webhook({ data }, { id, signal }) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': id };
      const body = JSON.stringify(data);
      const answer = await fetch(process.env.WEBHOOK_URL as string, { method: 'POST', headers, body, signal });
      if (!answer.ok) throw new Error(`the receiver answered ${answer.status}`);
    },
  },
});
