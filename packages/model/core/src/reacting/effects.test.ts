import { InMemoryEventStore } from '@daybook/in-memory';
import { systemClock } from '../concurrency/system-clock.ts';
import { Unavailable } from '../messages/fault.ts';
import { effectIdOf, eventIdOf } from '../messages/ids.ts';
import { eventHandler } from '../modelling/event-handler.ts';
import type { EffectCarrier, EffectContext } from '../ports/effect-carrier.ts';
import type { EventStore } from '../ports/event-store.ts';
import { effectStreamOf } from './effect-records.ts';
import { handleEvents } from './handle-events.ts';

type Placed = { type: 'Placed'; data: { items: string[] } };

/** A mail to the customer, and a call for each item. */
const ship = eventHandler<Placed, Record<string, never>>({
  name: 'Ship',
  reactsTo: ['Placed'],
  folds: {},
  effects: ['mail', 'webhook', 'queue'],
  handle: ({ data: { items } }) => {
    if (items.length === 0) return undefined;
    const effects = items.map((item) => ({
      kind: item === 'late' ? ('queue' as const) : ('webhook' as const),
      data: item,
    }));
    return { mail: { to: 'ann', subject: 'thanks', text: '' }, effects };
  },
});
const records = (at = 'shop-Order-1') => store.read(effectStreamOf(ship, at), 0, 100);

let store: InMemoryEventStore;
let done: string[];
let contexts: EffectContext[];
let webhook: EffectCarrier;
const stopping = new AbortController();

beforeEach(() => {
  store = new InMemoryEventStore();
  done = [];
  contexts = [];
  webhook = async ({ kind, data }, context) => {
    done.push(`${kind} ${data as string}`);
    contexts.push(context);
  };
});

async function place(order: number, ...items: string[]): Promise<void> {
  const metadata = { command_id: 'x', causation_id: 'x', correlation_id: 'talk', schema_version: 1, recorded_at: '' };
  const event = { id: eventIdOf(`${order}`, 0), type: 'Placed', data: { items }, metadata };
  await store.append(`shop-Order-${order}`, 'no-stream', [event]);
}

async function deliver(handler = ship, through: Partial<EventStore> = {}): Promise<void> {
  const mailer = { send: async () => void done.push('mail'), ping: async () => {}, close: async () => {} };
  const bound = { read: store.read.bind(store), append: store.append.bind(store), ...through } as EventStore;
  await handleEvents(handler, await store.readFeed('shop', 0, 100), {
    ...{ store: bound, mailer, clock: systemClock, signal: stopping.signal },
    carriers: { webhook, queue: (...effect) => webhook(...effect) },
  });
}

test('mail and effects are carried out in order, each recorded without what it said', async () => {
  await place(1, 'pen', 'late');
  await deliver();
  expect(done).toEqual(['mail', 'webhook pen', 'queue late']);
  const event = eventIdOf('1', 0);
  const about = { event_id: event, event_type: 'Placed' };
  expect(await records()).toMatchObject([
    { id: effectIdOf(event, 'Ship'), type: 'MailSent', data: about },
    { id: effectIdOf(event, 'Ship', 0), type: 'EffectCarriedOut', data: { ...about, kind: 'webhook', index: 0 } },
    { id: effectIdOf(event, 'Ship', 1), type: 'EffectCarriedOut', data: { ...about, kind: 'queue', index: 1 } },
  ]);
  expect(JSON.stringify(await records())).not.toContain('pen');
});

test('an effect is told its id, its event, and when the service stops', async () => {
  await place(1, 'pen');
  await deliver();
  expect(contexts).toMatchObject([{ id: effectIdOf(eventIdOf('1', 0), 'Ship', 0), event: { type: 'Placed' } }]);
  expect(contexts[0]?.signal).toBe(stopping.signal);
});

test('events delivered again, as after a rebuild, do nothing again', async () => {
  await place(1, 'pen', 'ink');
  await deliver();
  await deliver();
  expect(done).toHaveLength(3);
  expect(await records()).toHaveLength(3);
});

test('after a failure only what is not on record is done, with the same id', async () => {
  await place(1, 'pen', 'ink', 'late');
  const works = webhook;
  webhook = async (effect, context) => {
    await works(effect, context);
    if (effect.data === 'ink') throw new Error('refused');
  };
  await expect(deliver()).rejects.toThrow('refused');
  expect(await records()).toHaveLength(2);
  webhook = works;
  await deliver();
  expect(done).toEqual(['mail', 'webhook pen', 'webhook ink', 'webhook ink', 'queue late']);
  expect(contexts[1]?.id).toBe(contexts[2]?.id);
});

test('a crash between an effect and its record does it again, with the same id', async () => {
  await place(1, 'pen');
  const append = async (...[stream, at, events]: Parameters<EventStore['append']>) => {
    if (events[0]?.type === 'EffectCarriedOut') throw new Unavailable('the event store', 'gone');
    return store.append(stream, at, events);
  };
  await expect(deliver(ship, { append })).rejects.toThrow('not available');
  await deliver();
  expect(done).toEqual(['mail', 'webhook pen', 'webhook pen']);
  expect(contexts[0]?.id).toBe(contexts[1]?.id);
});

test('other consumers that record meanwhile, more than once, are no obstacle', async () => {
  await place(1, 'pen');
  let others = 0;
  const append = async (...[stream, at, events]: Parameters<EventStore['append']>) => {
    if (others++ < 2)
      await store.append(stream, at, [{ ...(events[0] as never as object), id: `other-${others}` }] as never);
    return store.append(stream, at, events);
  };
  await deliver(ship, { append });
  expect(done).toEqual(['mail', 'webhook pen']);
  expect(await records()).toHaveLength(4);
});

test('an effect that fails keeps the effects of other entities from nothing', async () => {
  await place(1, 'pen');
  await place(2, 'ink');
  const works = webhook;
  webhook = (effect, context) => (effect.data === 'pen' ? Promise.reject(new Error('no')) : works(effect, context));
  await expect(deliver()).rejects.toThrow('no');
  expect(done).toContain('webhook ink');
  expect(await records('shop-Order-2')).toHaveLength(2);
});

test('what the handler did not declare is an error, and nothing of the event is done', async () => {
  await place(1, 'pen');
  const undeclared = eventHandler({
    name: 'Undeclared',
    reactsTo: ['Placed'],
    folds: {},
    effects: ['webhook'],
    handle: () => ({
      effects: [
        { kind: 'webhook', data: 1 },
        { kind: 'fax' as 'webhook', data: 1 },
      ],
    }),
  });
  await expect(deliver(undeclared)).rejects.toThrow(
    "Undeclared returned an effect of kind 'fax', which is not among its 'effects'",
  );
  expect(done).toEqual([]);
});

test('what nobody carries out is an error, also where its name is one that every object has', async () => {
  await place(1, 'pen');
  const odd = eventHandler({
    name: 'Odd',
    reactsTo: ['Placed'],
    folds: {},
    effects: ['toString'],
    handle: () => ({ effects: [{ kind: 'toString', data: 1 }] }),
  });
  await expect(deliver(odd)).rejects.toThrow("the app does not say how effects of kind 'toString' are carried out");
});

test('an event that is no reason for anything reads no record', async () => {
  await place(1);
  const read = jest.fn(store.read.bind(store));
  await deliver(ship, { read });
  expect(read).not.toHaveBeenCalled();
});
