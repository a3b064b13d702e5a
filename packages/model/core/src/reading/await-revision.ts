import { AsyncSignal } from '../concurrency/async-signal.ts';
import { ownOf } from '../messages/own-of.ts';
import type { Token } from '../messages/token.ts';
import type { Projection } from '../modelling/projection.ts';
import type { WatchedRows } from '../projecting/live-builds.ts';

/** Watches an entity's row of one read model, from when it is made until its end. */
export class RowWatch {
  readonly #rows: WatchedRows;
  readonly #projection: Projection;
  readonly #entityId: string;
  readonly #waker = new AsyncSignal();
  readonly #unwatch: () => void;

  constructor(rows: WatchedRows, projection: Projection, entityId: string) {
    this.#rows = rows;
    this.#projection = projection;
    this.#entityId = entityId;
    this.#unwatch = rows.watch(projection, entityId, () => this.#waker.wake());
  }

  /**
   * Waits, by notification, until the row includes an event of one of the entity's streams.
   * @param over ends the wait; what is there then is looked at once more
   * @param patienceMs milliseconds to wait for a first change before looking without one: spares a look where the change is
   * known to be on its way
   * @returns the last revision of that stream which the row includes, -1 for none: at least the wanted one, or the wait was ended
   * @throws Unavailable
   */
  async until(
    { aggregate, revision }: Pick<Token, 'aggregate' | 'revision'>,
    over: AbortSignal,
    patienceMs = 0,
  ): Promise<number> {
    const wake = () => this.#waker.wake();
    over.addEventListener('abort', wake);
    try {
      if (patienceMs > 0 && !over.aborted) await this.#waker.rest(patienceMs);
      for (;;) {
        const last = over.aborted;
        const stored = await this.#rows.load(this.#projection, [this.#entityId]);
        const seen = ownOf(stored.get(this.#entityId)?.parts, aggregate)?.revision ?? -1;
        if (seen >= revision || last) return seen;
        await this.#waker.rest();
      }
    } finally {
      over.removeEventListener('abort', wake);
    }
  }

  /** Watches no longer. */
  end(): void {
    this.#unwatch();
  }
}

/** Waits until the row of the token's entity includes the token's event; as {@link RowWatch.until}. @throws Unavailable */
export async function awaitRevision(
  rows: WatchedRows,
  projection: Projection,
  token: Token,
  over: AbortSignal,
): Promise<number> {
  // Watched first, then looked at: what comes between is not missed.
  const watch = new RowWatch(rows, projection, token.entityId);
  try {
    return await watch.until(token, over);
  } finally {
    watch.end();
  }
}
