import { setTimeout as sleep } from 'node:timers/promises';
import { streamIdOf } from '@daybook/core';
import type { SystemBenchmark } from '../benchmark.ts';
import type { Daybook } from '../daybook.ts';
import type { Figure } from '../figures.ts';
import { loseOne } from './lose-one.ts';
import { inOrder, numberedCommands } from './numbered-commands.ts';
import { Processes, SHARING, type Sharing } from './processes.ts';
import { sharesOf } from './shares.ts';

const SIZES = [2, 4];
const IN_FLIGHT = 128;
/** Loans in one go, and how often each is requested before it is submitted. */
const LOANS = 200;
const REQUESTS = 4;
/** How long shares and speed are measured, milliseconds. */
const WINDOW_MS = 6000;
/** Streams that are read to see whether their commands were decided in order. */
const STREAMS = 500;

/** Several processes of each service that shares work: how evenly, how soon, and whether in order. */
export const scale: SystemBenchmark = {
  name: 'scale',
  what: '1, 2 and 4 processes of each: share of the work, order of commands, and time until a share has moved',
  of: 'system',
  async run(system, { quick }) {
    const processes = new Processes(system);
    const figures = await measure(system, processes, 1);
    for (const size of quick ? SIZES.slice(0, 1) : SIZES) {
      const before = processes.of('projector').length;
      const load = await startLoad(system);
      const took = await processes.grow(size);
      await load.stop();
      figures.push(
        ...SHARING.map((name) => ({
          name: `${before} → ${size} × ${name}, shared after`,
          unit: 's',
          value: took[name],
        })),
      );
      figures.push(...(await measure(system, processes, size)));
    }
    for (const name of SHARING) figures.push(await lose(system, processes, name));
    await processes.shrink();
    return figures;
  },
};

async function lose(system: Daybook, processes: Processes, name: Sharing): Promise<Figure> {
  const before = processes.of(name).length;
  const value = await loseOne(system, () => processes.kill(name), name === 'process-manager' ? 'reviewed' : 'visible');
  return { name: `${before} → ${before - 1} × ${name}, one killed: taken over after`, unit: 's', value };
}

async function measure(system: Daybook, processes: Processes, size: number): Promise<Figure[]> {
  const load = await startLoad(system);
  await sleep(WINDOW_MS / 6);
  const before = SHARING.map((name) => processes.done(name));
  await sleep(WINDOW_MS);
  const after = SHARING.map((name) => processes.done(name));
  const { perSecond, ids } = await load.stop();
  const shares = SHARING.flatMap((name, n) => {
    const parts = Object.values(sharesOf(before[n] ?? {}, after[n] ?? {})).map((part) => 100 * part);
    return [
      { name: `${size} × ${name}, least share`, unit: '%', value: Math.min(...parts) },
      { name: `${size} × ${name}, largest share`, unit: '%', value: Math.max(...parts) },
    ];
  });
  return [
    { name: `${size} of each`, unit: 'commands/s', value: perSecond },
    ...(size === 1 ? [] : shares),
    {
      name: `${size} of each, aggregates out of order`,
      unit: '%',
      value: await outOfOrder(system, ids.slice(-STREAMS)),
    },
  ];
}

interface Load {
  /** @returns commands replied to a second, and the loans they were for, in order */
  stop(): Promise<{ perSecond: number; ids: string[] }>;
}

/** Publishes numbered commands until it is stopped. */
async function startLoad(system: Daybook): Promise<Load> {
  const publisher = await system.connectPublisher();
  const all: string[] = [];
  let stopping = false;
  const began = performance.now();
  async function publish(): Promise<void> {
    while (!stopping) {
      const { ids, commands } = numberedCommands(LOANS, REQUESTS);
      await publisher.closed(commands, IN_FLIGHT);
      all.push(...ids);
    }
  }
  const publishing = publish();
  return {
    async stop() {
      stopping = true;
      await publishing;
      const perSecond = (all.length * (REQUESTS + 1)) / ((performance.now() - began) / 1000);
      await publisher.close();
      return { perSecond, ids: all };
    },
  };
}

/** @returns the percentage of these loans whose commands were not decided in the order in which they were published */
async function outOfOrder({ store }: Daybook, ids: readonly string[]): Promise<number> {
  let wrong = 0;
  for (const id of ids) {
    const events = await store.read(streamIdOf('loans', 'LoanRequest', id), 0, 100);
    if (events.length !== REQUESTS + 1) throw new Error(`${id}: ${events.length} events of ${REQUESTS + 1} commands`);
    if (!inOrder(events)) wrong++;
  }
  return (100 * wrong) / ids.length;
}
