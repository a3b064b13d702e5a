import { FolderInUse } from '@daybook/local-servers';
import { manual } from './manual.ts';
import type { LauncherOptions } from './options.ts';
import { createProgress } from './progress.ts';
import { onStopSignals } from './stop-signals.ts';
import { startSystem } from './system.ts';
import { createTeardown, type Teardown } from './teardown.ts';
import { type WalkResult, walkLoans } from './walk.ts';

const INTERRUPTED = 130;
const FAILED = 1;

function explain(err: unknown): string {
  if (err instanceof FolderInUse) return `${err.message}: is the system running already?`;
  return err instanceof Error ? err.message : String(err);
}

interface Outcome {
  code: number;
  /** Printed when everything has stopped. */
  lastLine?: string;
}

function demoOutcome({ passed, failed }: WalkResult): Outcome {
  return { code: failed === 0 ? 0 : FAILED, lastLine: `demo: ${passed} passed, ${failed} failed` };
}

async function run(options: LauncherOptions, teardown: Teardown, interrupted: Promise<Outcome>): Promise<Outcome> {
  const print = (line: string) => {
    if (!teardown.begun) console.log(line);
  };
  const system = await startSystem(options, createProgress(print), teardown);
  const givenUp = system.givenUp.then((reason) => {
    throw reason;
  });
  // Whoever waits below hears of it; until then it is not unhandled.
  givenUp.catch(() => {});
  const result = await Promise.race([walkLoans(system, print), givenUp]);
  if (options.mode === 'demo') return demoOutcome(result);
  print(`\nloans: ${result.passed} steps right, ${result.failed} wrong`);
  print(manual(system));
  return Promise.race([interrupted, givenUp]);
}

/**
 * Starts the system, walks loans through it, and then stays up (`start`) or stops (`demo`). Returns the exit code once
 * everything that was started has stopped again.
 */
export async function launch(options: LauncherOptions): Promise<number> {
  const teardown = createTeardown((err) => console.error(`could not stop: ${explain(err)}`));
  const stopAsked = new Promise<void>((resolve) => onStopSignals(resolve, () => process.exit(INTERRUPTED)));
  const interrupted = stopAsked.then((): Outcome => {
    console.log('\nstopping (Ctrl-C again forces)');
    // That is how `start` ends; a demo is cut short by it.
    return { code: options.mode === 'start' ? 0 : INTERRUPTED };
  });
  const running = run(options, teardown, interrupted).catch((err): Outcome => {
    if (!teardown.begun) console.error(`\n${explain(err)}`);
    return options.mode === 'demo' ? demoOutcome({ passed: 0, failed: 1 }) : { code: FAILED };
  });
  const { code, lastLine } = await Promise.race([running, interrupted]);
  await teardown.run();
  if (lastLine) console.log(lastLine);
  return code;
}
