/** A Ctrl-C reaches the launcher up to three times: from the terminal, from npm and from the script that started it. */
const SAME_SIGNAL_MS = 500;

/** Calls `onStop` at the first SIGINT, SIGTERM or SIGHUP, and `onForce` at a second one later on. */
export function onStopSignals(onStop: () => void, onForce: () => void): void {
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        onStop();
      } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
        onForce();
      }
    });
  }
}
