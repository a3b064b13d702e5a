import { InMemoryEventStore } from '@daybook/in-memory';
import fc from 'fast-check';
import { z } from 'zod';
import { systemClock } from '../concurrency/system-clock.ts';
import { command, event, type Message } from '../messages/message.ts';
import { reject } from '../messages/rejection.ts';
import { aggregate } from '../modelling/aggregate.ts';
import { boundedContext } from '../modelling/bounded-context.ts';
import type { Decision } from '../modelling/decider.ts';
import { silent } from '../ports/log.ts';
import { createCommandHandler } from './handle-command.ts';

const Written = z.discriminatedUnion('type', [
  event('Written', { id: z.string(), title: z.string().max(10), pages: z.int().optional() }),
]);

/** A context that decides whatever it is told to, and what becomes of a command to it. */
async function deciding(decide: (state: number) => Decision<Message>) {
  const page = aggregate({
    name: 'Page',
    commands: z.discriminatedUnion('type', [command('Write', { id: z.string() })]),
    events: Written,
    id: 'id',
    decider: {
      initial: 0,
      decide: (_command, state) => decide(state) as Decision<z.infer<typeof Written>>,
      evolve: (n) => n + 1,
    },
  });
  const store = new InMemoryEventStore();
  const handle = createCommandHandler({
    context: boundedContext({ name: 'pages', aggregates: [page] }),
    store,
    clock: systemClock,
    log: silent,
    signal: new AbortController().signal,
  });
  const write = (commandId: string) =>
    handle({
      type: 'Write',
      commandId,
      correlationId: '',
      causationId: '',
      actor: '',
      traceparent: '',
      body: '{"id":"a"}',
    });
  return { write, stored: () => store.read('pages-Page-a', 0, 100) };
}

const written = (data: unknown, type = 'Written') => [{ type, data }] as const;

test.each([
  [written({ id: 'a', title: 'much too long' }), 'data.title: Too big'],
  [written({ id: 'a' }), 'data.title: Invalid input'],
  [written({ id: 'a', title: 'a', pages: 1.5 }), 'data.pages: Invalid input'],
  [written({ id: 'a', title: 'a', pages: Number.NaN }), 'data.pages'],
  [written({ id: 'a', title: '😀'.slice(0, 1) }), 'title: contains a character'],
  [written({ id: 'a', title: 'a', more: new Date(0) }), 'more: is no JSON'],
  [written({ id: 'a', title: 'a' }, 'Unknown'), 'Page decided on Unknown'],
  [[{ type: 'Written', data: { id: 'a', title: 'a' } }, ...written({})] as const, 'data.id'],
  [reject('no', '\ud800'), 'message: contains a character'],
])('%j is not stored, and parked at once with the reason', async (decision, reason) => {
  const { write, stored } = await deciding(() => decision);
  const { reply, park } = await write('c1');
  expect(reply).toMatchObject({ status: 'failed', command_id: 'c1' });
  expect(park).toMatchObject({ code: 'failed', attempts: 1, message: expect.stringContaining(reason) as string });
  expect(await stored()).toEqual([]);
});

test('what a guess decides wrongly is decided on what there is', async () => {
  const { write, stored } = await deciding((state) => (state === 0 ? written({}) : written({ id: 'a', title: 'b' })));
  expect((await write('c1')).reply.status).toBe('failed');
  const other = await deciding((state) =>
    state === 0 ? written({ id: 'a', title: 'a' }) : written({ id: 'a', title: 'b' }),
  );
  expect((await other.write('c1')).reply.status).toBe('accepted');
  expect((await other.write('c2')).reply.status).toBe('accepted');
  expect(await stored()).toEqual([]);
});

test('whatever is decided: it is stored as it is, or not at all', async () => {
  const data = fc.record({
    id: fc.string({ unit: 'binary' }),
    title: fc.anything(),
    pages: fc.anything(),
    more: fc.anything(),
  });
  await fc.assert(
    fc.asyncProperty(data, async (decided) => {
      const { write, stored } = await deciding(() => written(decided));
      const { reply } = await write('c1');
      const events = await stored();
      expect(events).toHaveLength(reply.status === 'accepted' ? 1 : 0);
      for (const one of events) {
        expect(JSON.parse(JSON.stringify(one.data))).toEqual(decided);
        expect(Written.safeParse(one).success).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
