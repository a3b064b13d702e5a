import type { PipelineBenchmark } from './benchmark.ts';
import type { Figure } from './figures.ts';

const EVENTS = 200_000;
const READ_MODELS = ['loan_applications', 'loan_facts'] as const;

/** How long a read model takes to be built anew. */
export const replay: PipelineBenchmark = {
  name: 'replay',
  what: `${EVENTS.toLocaleString('en')} events folded into an empty read model, from the beginning until it answers`,
  of: 'pipeline',
  withoutFollowUps: true,
  async run(system, { quick }) {
    const events = quick ? EVENTS / 10 : EVENTS;
    const figures: Figure[] = [];
    for (const name of READ_MODELS) {
      figures.push({ name, unit: 'events/s', value: events / (await system.rebuild(name, events)) });
    }
    return figures;
  },
};
