import {
  awaitRevision,
  type BoundedContext,
  type Log,
  MalformedMessage,
  type Projection,
  parseToken,
  projectionsFolding,
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
export interface ConsistencyParts {
  readonly rows: WatchedRows;
  readonly waits: Waits;
  readonly log: Log;
}

/**
 * Waits until every projection includes what the token stands for.
 * @param ms milliseconds at most
 * @returns false when they don't in time, or it can't be told: the command itself is done in any case
 */
export async function caughtUp(
  reply: FastifyReply,
  { projections, token, ms }: { projections: readonly Projection[]; token: string; ms: number },
  { rows, waits, log }: ConsistencyParts,
): Promise<boolean> {
  const wanted = parseToken(token);
  const wait = waits.begin(reply, ms);
  if (wait === undefined) return false;
  try {
    const seen = await Promise.all(projections.map((projection) => awaitRevision(rows, projection, wanted, wait.over)));
    return seen.every((revision) => revision >= wanted.revision);
  } catch (err) {
    log.warn({ err, stream: token }, 'read models not looked at, the command is answered without');
    return false;
  } finally {
    wait.end();
  }
}
