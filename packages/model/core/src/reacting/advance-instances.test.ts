import { recordedEvents } from '@daybook/testing';
import fc from 'fast-check';
import type { RecordedEvent } from '../messages/event.ts';
import { processManager } from '../modelling/process-manager.ts';
import { advanceInstances, instancesOf, type ProcessInstance } from './advance-instances.ts';

type Paid = { type: 'Paid'; data: { order: string } };
type Packed = { type: 'Packed'; data: { order: string } };
type Shipped = { type: 'Shipped'; data: { order: string } };
interface State {
  readonly paid: boolean;
  readonly packed: boolean;
  readonly shipped: boolean;
}

const shipOrder = processManager<State, Paid | Packed | Shipped, { type: 'Ship'; data: { order: string } }>({
  name: 'ShipOrder',
  version: 1,
  reactsTo: ['Paid', 'Packed', 'Shipped'],
  startedBy: ['Paid', 'Packed'],
  correlate: ({ data }) => (data.order === 'none' ? undefined : data.order),
  initial: { paid: false, packed: false, shipped: false },
  evolve(state, { type }) {
    switch (type) {
      case 'Paid':
        return { ...state, paid: true };
      case 'Packed':
        return { ...state, packed: true };
      case 'Shipped':
        return { ...state, shipped: true };
    }
  },
  react: ({ paid, packed }, { type, data }) =>
    paid && packed && type !== 'Shipped' ? [{ type: 'Ship', data: { order: data.order } }] : [],
  isOver: ({ shipped }) => shipped,
});

const of = (...some: readonly (readonly [type: string, order: string])[]) =>
  recordedEvents(...some.map(([type, order]) => [`shop-${type}-${order}`, { type, data: { order } }] as const));
const none = { before: new Map<string, ProcessInstance>(), actsAfter: 0 };
const advance = (events: readonly RecordedEvent[], known = none) => advanceInstances('shop', shipOrder, events, known);
const orders = (commands: readonly { command: { data: unknown } }[]) =>
  commands.map(({ command }) => (command.data as { order: string }).order);

test('it waits for all that it needs, whatever order it comes in, and of each instance apart', () => {
  const { changed, commands } = advance(of(['Packed', 'a'], ['Paid', 'b'], ['Paid', 'a'], ['Packed', 'none']));
  expect(orders(commands)).toEqual(['a']);
  expect(commands[0]).toMatchObject({ context: 'shop', actor: 'ShipOrder', correlationId: 'command-2' });
  expect([...changed.values()].map(({ id, state, isOver }) => ({ id, state, isOver }))).toEqual([
    { id: 'a', state: { paid: true, packed: true, shipped: false }, isOver: false },
    { id: 'b', state: { paid: true, packed: false, shipped: false }, isOver: false },
  ]);
});

test('what begins nothing is left out, and so is what comes after the end', () => {
  const { changed, commands } = advance(of(['Shipped', 'b'], ['Paid', 'a'], ['Shipped', 'a'], ['Packed', 'a']));
  expect(commands).toEqual([]);
  expect([...changed.keys()]).toEqual(['a']);
  expect(changed.get('a')).toMatchObject({
    isOver: true,
    startedAt: '2026-01-01T00:01:00.000Z',
    last: { type: 'Shipped', position: 3, recordedAt: '2026-01-01T00:02:00.000Z' },
  });
});

test('events from before it acts count for the state only', () => {
  const events = of(['Paid', 'a'], ['Packed', 'a'], ['Paid', 'b'], ['Packed', 'b']);
  expect(orders(advance(events, { ...none, actsAfter: 2 }).commands)).toEqual(['b']);
  expect(orders(advance(events, { ...none, actsAfter: 4 }).commands)).toEqual([]);
});

test('however events are cut into batches, the instances and the commands are the same', () => {
  const anyEvent = fc.tuple(fc.constantFrom('Paid', 'Packed', 'Shipped'), fc.constantFrom('a', 'b', 'c', 'none'));
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      (some, sizes) => {
        const events = of(...some);
        const whole = advance(events);
        const kept = new Map<string, ProcessInstance>();
        const commands = [];
        for (let at = 0, n = 0; at < events.length; n++) {
          const batch = events.slice(at, at + (sizes[n % sizes.length] as number));
          const named = instancesOf(shipOrder, batch);
          const before = new Map([...kept].filter(([id]) => named.includes(id)));
          const step = advance(batch, { before, actsAfter: 0 });
          // As a database keeps them.
          for (const [id, one] of step.changed) kept.set(id, JSON.parse(JSON.stringify(one)) as ProcessInstance);
          commands.push(...step.commands);
          at += batch.length;
        }
        expect(commands).toEqual(whole.commands);
        expect(new Map([...kept].sort())).toEqual(new Map([...whole.changed].sort()));
        expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(commands.length);
      },
    ),
  );
});

test.each([
  ['an empty id', { correlate: () => '' }, '\'correlate\' gave "": give a text of 1 to 200 characters, or undefined'],
  ['no text', { correlate: () => 3 as never }, "'correlate' gave 3"],
  ['too long an id', { correlate: () => 'x'.repeat(201) }, 'give a text of 1 to 200'],
  ['an event that is not known', { evolve: () => undefined as never }, 'ShipOrder does not know Paid'],
  ['a state that is no JSON', { evolve: () => ({ at: new Date(0) }) as never }, 'can not be stored: at: is no JSON'],
])('%s is told', (_what, wrong, said) => {
  expect(() => advanceInstances('shop', { ...shipOrder, ...wrong }, of(['Paid', 'a']), none)).toThrow(said);
});
