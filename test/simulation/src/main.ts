import { crashEverywhere } from './crash-points.ts';
import { mutateAll } from './mutate.ts';
import { type Options, parseOptions } from './options.ts';
import { runMany } from './run-many.ts';

const say = (line: string) => console.log(line);

async function simulate(options: Options): Promise<{ passed: number; failed: number }> {
  switch (options.mode) {
    case 'run':
      return runMany(options, say, () => performance.now());
    case 'mutate':
      return mutateAll(options.seed, options.runs, say);
    case 'crash-points': {
      const sum = { passed: 0, failed: 0 };
      for (const ending of ['signed', 'expired'] as const) {
        const { passed, failures } = await crashEverywhere(true, { seed: options.seed, ending });
        for (const failure of failures) say(`${ending}: ${failure}`);
        sum.passed += passed;
        sum.failed += failures.length;
      }
      return sum;
    }
  }
}

const { passed, failed } = await simulate(parseOptions(process.argv.slice(2)));
say(`simulate: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
