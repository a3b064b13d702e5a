import { commandQueuesOf } from './topology.ts';

/** A command-service, and the contexts that it serves. */
export interface Member {
  /** Its name; names in their order are the members by age. */
  readonly member: string;
  readonly contexts: readonly string[];
}

/** What one member takes: queues by context. */
interface Share {
  readonly member: string;
  readonly queues: ReadonlyMap<string, string[]>;
}

/** A queue of `context` that would be better off with another member. */
interface Move {
  readonly from: Share;
  readonly to: Share;
  readonly context: string;
  /** How many more `from` has: of all contexts, and of this one. */
  readonly inTotal: number;
  readonly inContext: number;
}

/**
 * Who takes which queues. All members come to the same answer by themselves, for it depends on who they are alone.
 * Every queue of a context that somebody serves has one member; members that serve the same have as many as each other,
 * or one more. A member younger than all others only takes: no queue changes hands between the others.
 * @returns queues by member, in no order
 */
export function assign(members: readonly Member[]): ReadonlyMap<string, ReadonlySet<string>> {
  const shares: Share[] = [];
  for (const { member, contexts } of [...members].sort((one, other) => (one.member < other.member ? -1 : 1))) {
    const served = new Set(shares.flatMap(({ queues }) => [...queues.keys()]));
    const first = (context: string) => (served.has(context) ? [] : [...commandQueuesOf(context)]);
    shares.push({ member, queues: new Map([...contexts].sort().map((context) => [context, first(context)])) });
    for (let move = bestMove(shares); move !== undefined; move = bestMove(shares)) carryOut(move);
  }
  return new Map(shares.map(({ member, queues }) => [member, new Set([...queues.values()].flat())]));
}

/** From who has most to who has least; of the contexts that both serve, the one that is least evenly divided. */
function bestMove(shares: readonly Share[]): Move | undefined {
  let best: Move | undefined;
  for (const from of shares) {
    for (const to of shares) {
      const inTotal = total(from) - total(to);
      if (inTotal < 2 || inTotal < (best?.inTotal ?? 0)) continue;
      for (const [context, queues] of from.queues) {
        const theirs = to.queues.get(context);
        if (theirs === undefined || queues.length === 0) continue;
        const inContext = queues.length - theirs.length;
        if (best?.inTotal === inTotal && inContext <= best.inContext) continue;
        best = { from, to, context, inTotal, inContext };
      }
    }
  }
  return best;
}

function carryOut({ from, to, context }: Move): void {
  const queue = from.queues.get(context)?.pop();
  if (queue !== undefined) to.queues.get(context)?.push(queue);
}

function total({ queues }: Share): number {
  return [...queues.values()].reduce((sum, { length }) => sum + length, 0);
}
