/** A Ctrl-C reaches the launcher up to three times: from the terminal, from npm and from the script that started it. */
const SAME_SIGNAL_MS = 500;

/**
 * Calls `onStop` at the first SIGINT, SIGTERM or SIGHUP, or when whoever started this process or reads its output is
 * gone; and `onForce` at a second signal later on.
 */
export function onStopSignals(onStop: () => void, onForce: () => void): void {
  let firstAt: number | undefined;
  const stopOnce = () => {
    if (firstAt !== undefined) return;
    firstAt = Date.now();
    onStop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt !== undefined && Date.now() - firstAt > SAME_SIGNAL_MS) onForce();
      else stopOnce();
    });
  }
  process.on('disconnect', stopOnce);
  process.stdout.on('error', stopOnce);
}
