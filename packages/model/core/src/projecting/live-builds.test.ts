import { systemClock } from '../concurrency/system-clock.ts';
import { NotLive, Unavailable } from '../messages/fault.ts';
import type { Projection } from '../modelling/projection.ts';
import type { Build, Builds } from '../ports/builds.ts';
import { silent } from '../ports/log.ts';
import { followLiveBuilds, type LiveBuilds, watchLive } from './live-builds.ts';

const older = { name: 'loan_applications', version: 0, key: 'loan_application_uuid' } as Projection;
const loanApplications = { ...older, version: 1 };
const build = (version: number, number: number): Build => ({
  context: 'loans',
  name: 'loan_applications',
  version,
  build: number,
  state: 'live',
  stored: { ...older, version, build: number },
  createdAt: '2026-01-01T00:00:00.000Z',
  endedForMs: undefined,
});

/** @param lists what the registry says, one after the other; the last again and again */
async function withLive(lists: readonly (readonly Build[])[], play: (live: LiveBuilds) => Promise<void>) {
  let looked = 0;
  const builds = {
    list: async () => lists[Math.min(looked++, lists.length - 1)] ?? [],
    watch: () => ({ close: async () => {} }),
  };
  const live = followLiveBuilds(builds as Partial<Builds> as Builds, {
    clock: systemClock,
    log: silent,
    pollMs: 60_000,
  });
  await new Promise((resolve) => setImmediate(resolve));
  try {
    await play(live);
  } finally {
    await live.stop();
  }
}

test("the code's own version is read as the code has it, on the rows of the live build", () =>
  withLive([[build(1, 3)]], async (live) => {
    expect(await live.read(loanApplications, async (one) => one)).toEqual({ ...loanApplications, build: 3 });
  }));

test('another version is read as it is stored', () =>
  withLive([[build(0, 1)]], async (live) => {
    expect(await live.read(loanApplications, async (one) => one)).toEqual({ ...older, build: 1 });
  }));

test('another build takes the place of the one that is read: it is read instead', () =>
  withLive([[build(0, 1)], [build(1, 1)]], async (live) => {
    const asked: number[] = [];
    const answer = await live.read(loanApplications, async ({ version }) => {
      asked.push(version);
      if (version === 0) throw new NotLive('loan_applications.v0');
      return 'a row';
    });
    expect([answer, asked]).toEqual(['a row', [0, 1]]);
  }));

test('nothing is live, or nothing stays live: unavailable', async () => {
  await withLive([[]], async (live) => {
    await expect(live.read(loanApplications, async () => 1)).rejects.toThrow(Unavailable);
  });
  await withLive([[build(1, 1)]], async (live) => {
    const read = () => Promise.reject(new NotLive('loan_applications.v1'));
    await expect(live.read(loanApplications, read)).rejects.toThrow(Unavailable);
  });
});

test('who waits for a row goes on waiting with the build that takes the place of the one it waited with', async () => {
  await withLive([[build(1, 1)], [build(1, 2)]], async (live) => {
    const watched: string[] = [];
    const rows = watchLive(
      {
        load: async ({ build }) => new Map([['1', { entityId: '1', version: build ?? 0, parts: {} }]]),
        watch({ build }, entityId) {
          watched.push(`${build} ${entityId}`);
          return () => watched.push('no more');
        },
      },
      live,
    );
    let changes = 0;
    const unwatch = rows.watch(loanApplications, '1', () => changes++);
    expect((await rows.load(loanApplications, ['1'])).get('1')?.version).toBe(1);
    await live.read(loanApplications, async ({ build }) => {
      if (build === 1) throw new NotLive('loan_applications.v1');
    });
    expect((await rows.load(loanApplications, ['1'])).get('1')?.version).toBe(2);
    unwatch();
    expect([changes, watched]).toEqual([1, ['1 1', 'no more', '2 1', 'no more']]);
  });
});
