/** Runs the steps of the test one after another. */
export interface Steps {
  /** Runs one, and prints its name with how it went. After one that failed no other is run: they build on each other. */
  step(name: string, act: () => Promise<void>): Promise<void>;
  /** Prints the counts. @returns whether all that were run passed */
  finish(): boolean;
}

/** @param signal ends the step in hand as failed */
export function createSteps(signal: AbortSignal): Steps {
  let passed = 0;
  let failed = 0;
  let left = 0;
  const stopped = aborted(signal);
  return {
    async step(name, act) {
      if (failed > 0) {
        left += 1;
        return;
      }
      const began = performance.now();
      const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(7);
      try {
        await Promise.race([act(), stopped]);
        passed += 1;
        console.log(`ok     ${seconds()}  ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED ${seconds()}  ${name}`);
        console.log(error instanceof Error ? error.message : String(error));
      }
    },
    finish() {
      if (left > 0) console.log(`${left} more steps were not run`);
      console.log(`release: ${passed} passed, ${failed} failed`);
      return failed === 0;
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    const end = () => reject(signal.reason instanceof Error ? signal.reason : new Error('interrupted'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
  // It may come between two steps, when nobody waits for it.
  stopped.catch(() => {});
  return stopped;
}
