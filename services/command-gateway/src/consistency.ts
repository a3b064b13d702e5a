import {
  type BoundedContext,
  type Log,
  MalformedMessage,
  type Projection,
  parseToken,
  projectionsFolding,
  RowWatch,
  type WatchedRows,
} from '@daybook/core';
import type { Preference, Waits } from '@daybook/http';
import type { FastifyReply } from 'fastify';

/**
 * The projections that a command is to wait for: none unless `Prefer: consistency=strong`; then those that its parameter
 * `projections` names, or all that the command may change.
 * @throws MalformedMessage `invalid_preference` for a projection that never includes the command
 */
export function projectionsToAwait(
  preferences: ReadonlyMap<string, Preference>,
  { name, projections }: BoundedContext,
  aggregate: string,
): readonly Projection[] {
  const consistency = preferences.get('consistency');
  if (consistency === undefined || consistency.value === 'eventual') return [];
  if (consistency.value !== 'strong') {
    throw new MalformedMessage('invalid_preference', 'consistency is strong or eventual');
  }
  const folding = projectionsFolding(projections, aggregate);
  const named = consistency.parameters
    .get('projections')
    ?.split(/[\s,]+/)
    .filter(Boolean);
  if (named === undefined) return folding;
  return named.map((wanted) => {
    const found = folding.find((projection) => projection.name === wanted);
    if (found !== undefined) return found;
    const known = folding.map((projection) => projection.name).join(', ');
    throw new MalformedMessage(
      'invalid_preference',
      `${wanted} includes nothing of ${name}-${aggregate}; these do: ${known}`,
    );
  });
}

/** What waiting for projections needs. */
export interface StrongConsistencyOptions {
  readonly rows: WatchedRows;
  readonly waits: Waits;
  readonly log: Log;
}

/** A change that was not told of by then is looked for, milliseconds: it was told of before anybody watched, or never made. */
const PATIENCE_MS = 20;

/** Waits for projections to include a command. Watches them from before the command is sent, so as to hear of its change. */
export class StrongConsistency {
  readonly #watches: readonly RowWatch[];
  readonly #waits: Waits;
  readonly #log: Log;

  constructor(projections: readonly Projection[], entityId: string, { rows, waits, log }: StrongConsistencyOptions) {
    this.#watches = projections.map((projection) => new RowWatch(rows, projection, entityId));
    this.#waits = waits;
    this.#log = log;
  }

  /** Whether anything is to be waited for. */
  get wanted(): boolean {
    return this.#watches.length > 0;
  }

  /**
   * Waits until every projection includes what the token stands for.
   * @param ms milliseconds at most
   * @returns false when they don't in time, or it can't be told: the command itself is done in any case
   */
  async reached(reply: FastifyReply, token: string, ms: number): Promise<boolean> {
    const wait = this.#waits.begin(reply, ms);
    if (wait === undefined) return false;
    try {
      const wanted = parseToken(token);
      const seen = await Promise.all(this.#watches.map((watch) => watch.until(wanted, wait.over, PATIENCE_MS)));
      return seen.every((revision) => revision >= wanted.revision);
    } catch (err) {
      this.#log.warn(
        { err, stream: token },
        'consistency check failed, answering as eventual, the command is answered without',
      );
      return false;
    } finally {
      wait.end();
    }
  }

  /** Watches no longer. */
  end(): void {
    for (const watch of this.#watches) watch.end();
  }
}
