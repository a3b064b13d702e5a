import { InMemoryEventStore } from '@daybook/in-memory';
import { systemClock } from '../concurrency/system-clock.ts';
import { Unavailable } from '../messages/fault.ts';
import { reject } from '../messages/rejection.ts';
import { silent } from '../ports/log.ts';
import { createCommandHandler } from './handle-command.ts';
import type { CommandMiddleware } from './middleware.ts';
import { counters, raise, stream } from './test-counters.ts';

type Handle = CommandMiddleware['handle'];

let store: InMemoryEventStore;
let passed: string[];

beforeEach(() => {
  store = new InMemoryEventStore();
  passed = [];
});

function service(...middleware: (CommandMiddleware | Handle)[]) {
  return createCommandHandler({
    context: counters,
    store,
    clock: { ...systemClock, sleep: async () => {} },
    log: silent,
    signal: new AbortController().signal,
    maxAttempts: 3,
    middleware: middleware.map((one) => (typeof one === 'function' ? { name: 'mine', handle: one } : one)),
  });
}

const stored = () => store.read(stream, 0, 100);
const annotations = async () => (await stored()).map(({ metadata }) => metadata.annotations);

/** Notes when a command comes by, and when it goes back. */
const noted = (name: string): CommandMiddleware => ({
  name,
  async handle(_command, next) {
    passed.push(`${name} before`);
    const decision = await next({ [name]: 'yes' });
    passed.push(`${name} after`);
    return decision;
  },
});

describe('around the decision', () => {
  test('several run in the order given, each around those after it', async () => {
    const { reply } = await service(noted('one'), noted('two'))(raise('c1', 3));
    expect(reply).toMatchObject({ status: 'accepted', events: [{ type: 'Raised', revision: 0 }] });
    expect(passed).toEqual(['one before', 'two before', 'two after', 'one after']);
  });

  test('one sees the command as it was parsed, and what is decided', async () => {
    const seen: unknown[] = [];
    await service(async (command, next) => {
      const decision = await next();
      seen.push(command, decision);
      return decision;
    })(raise('c1', 3, { actor: 'ann' }));
    expect(seen).toMatchObject([
      {
        context: 'counters',
        type: 'Raise',
        data: { id: 'a', by: 3 },
        streamId: stream,
        metadata: { commandId: 'c1', actor: 'ann' },
      },
      [{ type: 'Raised', data: { id: 'a', by: 3 } }],
    ]);
  });

  test('annotations of all are stored with every event, and with a refusal of the domain', async () => {
    const handle = service(noted('one'), noted('two'));
    await handle(raise('c1', 3));
    await handle(raise('c2', 30));
    expect((await stored()).map(({ type }) => type)).toEqual(['Raised', 'CommandRejected']);
    expect(await annotations()).toEqual([
      { one: 'yes', two: 'yes' },
      { one: 'yes', two: 'yes' },
    ]);
  });

  test('of two that give the same key the one nearer to the decision wins; without any, none are stored', async () => {
    await service(
      (_, next) => next({ who: 'outer' }),
      (_, next) => next({ who: 'inner' }),
    )(raise('c1', 1));
    await service((_, next) => next())(raise('c2', 1));
    expect(await annotations()).toEqual([{ who: 'inner' }, undefined]);
  });
});

describe('a refusal', () => {
  const closed = reject('closed', 'come back tomorrow');

  test('without asking further is recorded, with the annotations of those around it', async () => {
    const { reply, park } = await service(noted('outer'), async () => closed, noted('inner'))(raise('c1', 3));
    expect(reply).toMatchObject({ status: 'rejected', error: { code: 'closed', message: 'come back tomorrow' } });
    expect(park).toBeUndefined();
    expect(await stored()).toMatchObject([
      { type: 'CommandRejected', data: { command: 'Raise', data: { id: 'a', by: 3 }, code: 'closed' } },
    ]);
    expect(await annotations()).toEqual([{ outer: 'yes' }]);
    expect(passed).toEqual(['outer before', 'outer after']);
  });

  test('can be made of what the domain accepted', async () => {
    const handle = service(async (_, next) => {
      await next();
      return closed;
    });
    expect((await handle(raise('c1', 3))).reply.status).toBe('rejected');
    expect((await stored()).map(({ type }) => type)).toEqual(['CommandRejected']);
  });

  test('asked again, also after a restart, gets the same answer, and passes through nothing', async () => {
    const first = await service(async () => closed)(raise('c1', 3));
    const handle = service(noted('later'));
    expect((await handle(raise('c1', 3))).reply).toEqual(first.reply);
    expect((await handle(raise('c1', 3))).reply).toEqual(first.reply);
    expect(passed).toEqual([]);
    expect(await stored()).toHaveLength(1);
  });
});

test('a conflict has it decided again, through the middlewares', async () => {
  const handle = service(async (command, next) => {
    if (passed.push(command.metadata.commandId) === 1) await service()(raise('other', 9));
    return next();
  });
  expect((await handle(raise('c1', 3))).reply).toMatchObject({ status: 'rejected', error: { code: 'too_high' } });
  expect(passed).toEqual(['c1', 'c1']);
});

describe('one that does what it may not', () => {
  const much = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, 'v']));

  test.each<[string, Handle]>([
    ['no such tenant', () => Promise.reject(new Error('no such tenant'))],
    [
      'at once',
      () => {
        throw new Error('at once');
      },
    ],
    ['has to return what next returned', async (_, next) => void (await next()) as never],
    ['has to return what next returned', async (_, next) => structuredClone(await next())],
    ['has to return what next returned', () => [{ type: 'Raised', data: { id: 'a', by: 5 } }]],
    ['has to return what next returned', () => ({ rejected: true, code: '', message: 'no' })],
    ['NUL', () => reject('no', 'a\0b')],
    [
      'called next a second time',
      async (_, next) => {
        await next();
        return next();
      },
    ],
    ['17 annotations are too many', (_, next) => next(much)],
    ['take 1032 bytes', (_, next) => next({ key: 'é'.repeat(511) })],
    ["'tenant' is not a text, but number", (_, next) => next({ tenant: 7 } as never)],
    ['NUL', (_, next) => next({ tenant: '\ud800' })],
    [
      'read only',
      async (_, next) => {
        const decision = (await next()) as unknown as { data: { by: number } }[];
        (decision[0] as { data: { by: number } }).data.by = 99;
        return decision as never;
      },
    ],
    [
      'read only',
      (command, next) => {
        (command.data as { by: number }).by = 99;
        return next();
      },
    ],
  ])('%s: tried again, then parked with its name', async (why, handle) => {
    const { reply, park } = await service({ name: 'audit', handle })(raise('c1', 3));
    expect(reply).toMatchObject({ status: 'failed' });
    expect(park).toMatchObject({ code: 'failed', attempts: 3, message: expect.stringContaining(why) });
    expect(park?.message).toMatch(/^the middleware 'audit' failed: /);
    expect(await stored()).toEqual([]);
  });

  test('the reason has the line of its code', async () => {
    const { park } = await service(() => Promise.reject(new Error('no such tenant')))(raise('c1', 3));
    expect(park?.stack).toContain('middleware.test.ts');
  });

  test('a failure of the domain is not blamed on it', async () => {
    const { park } = await service(noted('audit'))({ ...raise('c1', 3), type: 'Break', body: '{"id":"a"}' });
    expect(park).toMatchObject({ message: 'a bug', attempts: 3 });
  });

  test('what it needs is away: the command waits', async () => {
    const handle = service((_, next) => {
      passed.push('asked');
      return passed.length < 5 ? Promise.reject(new Unavailable('the tenants', 'down')) : next();
    });
    expect((await handle(raise('c1', 3))).reply.status).toBe('accepted');
    expect(passed).toHaveLength(5);
  });

  test('one that does not wait for what it asked for fails nothing else', async () => {
    const handle = service((_, next) => {
      void next();
      return reject('closed');
    });
    const broken = { ...raise('c1', 3), type: 'Break', body: '{"id":"a"}' };
    expect((await handle(broken)).reply.status).toBe('rejected');
  });
});
