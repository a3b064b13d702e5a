import { type BoundedContext, type Projection, parseToken, projectionsFolding } from '@daybook/core';
import { getRow, urlOf } from './queries.ts';
import { NotYet } from './read-options.ts';

/** Which read models must include a command before it is answered. */
export interface Consistency {
  /** `strong`: they include it, unless time runs out. `eventual`, the default: nothing is waited for. */
  readonly consistency?: 'strong' | 'eventual';
  /** Only these; all that the command may change by default. */
  readonly projections?: readonly { readonly name: string }[];
}

/** What to ask the gateway for. @param timeoutMs until the answer is given up; the gateway's own wait must end before */
export function preferenceOf({ consistency, projections }: Consistency, timeoutMs: number): string | undefined {
  if (consistency !== 'strong') return undefined;
  const names = projections && `; projections="${projections.map(({ name }) => name).join(',')}"`;
  return `consistency=strong${names ?? ''}, wait=${Math.max(1, Math.floor((timeoutMs - 500) / 1000))}`;
}

/** The projections that a command is to wait for. @throws Error for one that never includes the command */
export function projectionsToAwait(
  context: BoundedContext,
  commandType: string,
  { projections }: Consistency,
): readonly Projection[] {
  const { name: aggregate } = context.commands.get(commandType)?.aggregate ?? { name: '' };
  const folding = projectionsFolding(context.projections, aggregate);
  const named = projections?.map(({ name }) => {
    const found = folding.find((projection) => projection.name === name);
    if (found === undefined) throw new Error(`${name} includes nothing of ${context.name}-${aggregate}`);
    return found;
  });
  return named ?? folding;
}

/**
 * Asks the query-service until every projection includes the token.
 * @param deadline milliseconds since 1970
 * @returns whether they do; not when time runs out or the query-service is away: the command is done in any case
 */
export async function caughtUp(
  queryUrl: string,
  projections: readonly Projection[],
  token: string,
  deadline: number,
): Promise<boolean> {
  const { context, entityId } = parseToken(token);
  const waiting = projections.map(({ name, itemKey }) => {
    const url = urlOf(queryUrl, context, name, entityId);
    // Of an entity's rows, where it has several, one is enough.
    if (itemKey !== undefined) url.searchParams.set('limit', '1');
    return untilIncluded(url, token, deadline);
  });
  return (await Promise.all(waiting)).every(Boolean);
}

async function untilIncluded(url: URL, token: string, deadline: number): Promise<boolean> {
  for (;;) {
    const waitMs = deadline - Date.now();
    if (waitMs <= 0) return false;
    try {
      await getRow(url, { token, waitMs });
      return true;
    } catch (error) {
      if (!(error instanceof NotYet)) return false;
    }
  }
}
