import type { WatchedRows } from './live-builds.ts';
import type { Projection } from './projection.ts';
import type { Token } from './token.ts';
import { Waker } from './waker.ts';

/**
 * Waits, by notification, until the row of the token's entity includes the token's event.
 * @param over ends the wait; what is there then is looked at once more
 * @returns the last revision of the token's stream that the row includes, -1 for none: at least the token's, or the wait was ended
 * @throws Unavailable
 */
export async function awaitRevision(
  rows: WatchedRows,
  projection: Projection,
  { entityId, aggregate, revision }: Token,
  over: AbortSignal,
): Promise<number> {
  const waker = new Waker();
  const wake = () => waker.wake();
  // Watched first, then looked at: what comes between is not missed.
  const unwatch = rows.watch(projection, entityId, wake);
  over.addEventListener('abort', wake);
  try {
    for (;;) {
      const last = over.aborted;
      const stored = await rows.load(projection, [entityId]);
      const seen = stored.get(entityId)?.parts[aggregate]?.revision ?? -1;
      if (seen >= revision || last) return seen;
      await waker.rest();
    }
  } finally {
    unwatch();
    over.removeEventListener('abort', wake);
  }
}
