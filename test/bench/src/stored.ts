import type { PipelineBenchmark } from './benchmark.ts';
import { type Figure, percentile } from './figures.ts';
import { newLoans } from './loans.ts';

/** So many in flight, so many commands. */
const STEPS = [
  { inFlight: 1, commands: 1000 },
  { inFlight: 16, commands: 6000 },
  { inFlight: 64, commands: 15_000 },
  { inFlight: 256, commands: 25_000 },
];

/** From the publication of a command until its reply, which comes after its events are stored. */
export const stored: PipelineBenchmark = {
  name: 'stored',
  what: 'commands published on RabbitMQ until their events are stored and their replies seen',
  of: 'pipeline',
  async run(system, { quick }) {
    const publisher = await system.connectPublisher();
    const figures: Figure[] = [];
    await publisher.closed(newLoans(500), 64);
    for (const { inFlight, commands } of STEPS) {
      const count = quick ? commands / 5 : commands;
      const { seconds, latencies, refused } = await publisher.closed(newLoans(count), inFlight);
      if (refused > 0) throw new Error(`${refused} commands were refused`);
      figures.push(
        { name: `${inFlight} in flight`, unit: 'commands/s', value: count / seconds },
        { name: `${inFlight} in flight p50`, unit: 'ms', value: percentile(latencies, 0.5) },
        { name: `${inFlight} in flight p99`, unit: 'ms', value: percentile(latencies, 0.99) },
      );
    }
    await publisher.close();
    return figures;
  },
};
