import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../concurrency/system-clock.ts';
import { Unavailable } from '../messages/fault.ts';
import { type Log, silent } from '../ports/log.ts';
import { ids, Ledger, soon } from './test-ledger.ts';

let ledger: Ledger;

beforeEach(() => {
  ledger = new Ledger();
});
afterEach(() => ledger.stop());

/** What is logged at a level, by phrase. */
function said(level: 'warn' | 'error') {
  const lines: { fields: Record<string, unknown>; phrase: string }[] = [];
  const log: Log = {
    ...silent,
    [level]: (fields: Record<string, unknown>, phrase: string) => lines.push({ fields, phrase }),
  };
  return { lines, log };
}

describe('order and position', () => {
  test('every event in feed order, in batches, each with the position of its last', async () => {
    await ledger.append(25);
    ledger.start();
    await ledger.reached(25);
    expect(ledger.counted).toEqual(ids(25));
    expect(ledger.batches.map(({ position }) => position)).toEqual([10, 20, 25]);
  });

  test('it goes on from where its store says that it is', async () => {
    await ledger.append(25);
    ledger.position = 20;
    ledger.start();
    await ledger.reached(5);
    expect(ledger.counted).toEqual(ids(25, 21));
  });

  test('only the types that it wants; a long way without any stores the position alone', async () => {
    await ledger.append(1, 'Wanted');
    await ledger.append(10_250, 'Other');
    await ledger.append(1, 'Wanted');
    ledger.start({ consumer: ledger.consumer(['Wanted']), batchSize: 100 });
    await ledger.reached(2);
    expect(ledger.counted).toEqual(['e1', 'e10252']);
    expect(ledger.batches).toEqual([
      { events: ['e1'], position: 100 },
      { events: [], position: 10_100 },
      { events: ['e10252'], position: 10_252 },
    ]);
  });
});

describe('waking', () => {
  test('what is appended comes at once, though it looks by itself only once a minute', async () => {
    ledger.start({ clock: systemClock, pollMs: 60_000 });
    for (let n = 1; n <= 20; n++) {
      await ledger.append(1);
      await ledger.reached(n);
    }
  }, 5000);

  test('where nothing tells of it, it looks now and then, and no more', async () => {
    const readFeed = jest.fn(ledger.events.readFeed.bind(ledger.events));
    ledger.start({ clock: systemClock, store: { readFeed }, pollMs: 50 });
    await sleep(300);
    expect(readFeed.mock.calls.length).toBeLessThan(10);
    await ledger.append(1);
    await ledger.reached(1);
  });
});

describe('crashes', () => {
  const never = new Promise<void>(() => {});
  /** Where in the writing of a batch the process ends. */
  const points = {
    'before it is written': () => never,
    'once it is written, before anybody knows': (commit: () => void) => {
      commit();
      return never;
    },
  };

  test.each(Object.entries(points))('%s: each event counts once, in order', async (_, end) => {
    for (let at = 1; at <= 5; at++) {
      ledger = new Ledger();
      await ledger.append(42);
      let batches = 0;
      let crash = () => {};
      ledger.write = (_events, commit) => {
        if (++batches !== at) return Promise.resolve(commit());
        crash();
        return end(commit);
      };
      crash = ledger.start().crash;
      // The hanging one can't be stopped: it is gone.
      const another = ledger.start().running;
      await ledger.reached(42);
      expect(ledger.counted).toEqual(ids(42));
      await another.stop();
      ledger = new Ledger();
    }
  });

  test('an answer that gets lost after the batch was written repeats nothing', async () => {
    await ledger.append(30);
    let batches = 0;
    ledger.write = async (_, commit) => {
      commit();
      if (++batches === 2) throw new Unavailable('the ledger', 'connection reset');
    };
    ledger.start();
    await ledger.reached(30);
    expect(ledger.counted).toEqual(ids(30));
  });

  test('one process at a time; another takes over when it stops', async () => {
    await ledger.append(10);
    const one = ledger.start().running;
    ledger.start();
    await ledger.reached(10);
    await one.stop();
    await ledger.append(10);
    await ledger.reached(20);
    expect(ledger.counted).toEqual(ids(20));
  });

  test('who lost the hold hands over nothing more, until it has it again', async () => {
    await ledger.append(20);
    const one = ledger.start();
    await ledger.reached(20);
    let writing = 0;
    ledger.write = async (_, commit) => {
      expect(++writing).toBe(1);
      commit();
      await sleep(5);
      writing--;
    };
    const second = ledger.start();
    one.lose();
    await ledger.append(40);
    await ledger.reached(60);
    await soon(() => writing === 0);
    second.lose();
    await ledger.append(40);
    await ledger.reached(100);
    expect(ledger.counted).toEqual(ids(100));
  });
});

describe('an event that fails', () => {
  test('stops the consumer there: those before it are handled, none after; readiness and log say which and why', async () => {
    await ledger.append(25);
    let broken = true;
    ledger.write = async (events, commit) => {
      if (broken && events.some(({ id }) => id === 'e14')) throw new Error('no such column');
      commit();
    };
    const warned = said('warn');
    const failed = said('error');
    const { running } = ledger.start({ maxAttempts: 3, log: { ...warned.log, error: failed.log.error } });
    await running.check();
    await soon(() => failed.lines.length >= 2);
    expect(ledger.counted).toEqual(ids(13));
    expect(warned.lines.map(({ fields }) => fields.attempt)).toEqual([1, 2]);
    expect(failed.lines[0]).toMatchObject({
      phrase: 'consumer stands still at an event that it fails to handle, it is tried again',
      fields: { consumer: 'ledger', event_id: 'e14', event_type: 'Counted', position: 14, attempt: 3 },
    });
    await expect(running.check()).rejects.toThrow(
      "the consumer 'ledger' stands still at Counted e14 of test-Thing-a, at position 14, which failed",
    );
    broken = false;
    await ledger.reached(25);
    expect(ledger.counted).toEqual(ids(25));
    await running.check();
  });

  test('that fails a few times only is no reason to call a person', async () => {
    await ledger.append(1);
    let tries = 0;
    ledger.write = async (_, commit) => {
      if (++tries < 5) throw new Error('not yet');
      commit();
    };
    const { lines, log } = said('error');
    ledger.start({ log });
    await ledger.reached(1);
    expect(lines).toEqual([]);
  });

  test('what is not available is waited for, and blames no event', async () => {
    await ledger.append(3);
    let tries = 0;
    ledger.write = async (_, commit) => {
      if (++tries < 20) throw new Unavailable('the ledger', 'down');
      commit();
    };
    const { lines, log } = said('error');
    const { running } = ledger.start({ log });
    await ledger.reached(3);
    expect(lines).toEqual([]);
    expect(ledger.batches).toEqual([{ events: ids(3), position: 3 }]);
    await running.check();
  });

  test('an event store that is away, or a hold that can not be had, is waited for', async () => {
    await ledger.append(3);
    let failures = 0;
    const flaky = <Result>(work: () => Promise<Result>) =>
      failures++ % 2 === 0 ? Promise.reject(new Unavailable('the store', 'down')) : work();
    ledger.start({
      store: { readFeed: (...args) => flaky(() => ledger.events.readFeed(...args)) },
      hold: () => flaky(async () => ({ lost: new AbortController().signal, release: async () => {} })),
    });
    await ledger.reached(3);
  });

  test('a checkpoint that is none is no reason to start over', async () => {
    await ledger.append(3);
    const warned = said('warn');
    const consumer = { ...ledger.consumer(), checkpoint: { load: async () => undefined as never } };
    ledger.start({ consumer, log: warned.log });
    await soon(() => warned.lines.length > 0);
    const [first] = warned.lines;
    expect(String(first?.fields.err)).toContain("checkpoint.load() of the consumer 'ledger' gave undefined");
    expect(ledger.counted).toEqual([]);
  });

  test('a consumer that stands still can be stopped', async () => {
    await ledger.append(1);
    ledger.write = () => Promise.reject(new Error('no'));
    const { running } = ledger.start({ clock: systemClock });
    await sleep(50);
    await running.stop();
  });
});
