/** What to stop at the end, in the opposite order of starting. */
export interface Teardown {
  /** Notes something that was started. Something added after the end has begun is stopped at once. */
  add(stop: () => Promise<void>): void;
  /** Stops everything noted, one after another, whatever fails; the same promise however often it is called. */
  run(): Promise<void>;
  readonly begun: boolean;
}

/** An empty teardown; `onError` gets what goes wrong while stopping. */
export function createTeardown(onError: (err: unknown) => void): Teardown {
  const stops: (() => Promise<void>)[] = [];
  let running: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop().catch(onError);
  }

  return {
    add(stop) {
      stops.push(stop);
      if (running) running = running.then(stopAll);
    },
    run() {
      running ??= stopAll();
      return running;
    },
    get begun() {
      return running !== undefined;
    },
  };
}
