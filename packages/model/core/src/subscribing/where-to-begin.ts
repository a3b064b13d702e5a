import { HistoriesDiffer, type PlaceInHistory } from '../messages/fault.ts';
import type { Proof } from '../ports/marks.ts';

/** @throws HistoriesDiffer, with what to do, where the log lacks an event that the data of any partition counts */
export function checkProofs({ group, context }: { group: string; context: string }, proofs: readonly Proof[]): void {
  const marks = (known: boolean) =>
    proofs.flatMap((proof) => (proof.known === known && proof.mark ? [proof.mark] : []));
  const [differs] = marks(false).sort((one, other) => one.position - other.position);
  if (differs === undefined) return;
  const common = marks(true)
    .filter(({ position }) => position < differs.position)
    .reduce((last: PlaceInHistory, mark) => (mark.position > last.position ? mark : last), { position: 0 });
  throw new HistoriesDiffer(group, common, differs, `'${repairCommandOf(group, context)}' puts it right`);
}

/** The command that has the data of a group agree with the log again. */
function repairCommandOf(group: string, context: string): string {
  const [, name = group] = /^[^:]+:(.+?)(?:\.v\d+(?:\.b\d+)?)?$/.exec(group) ?? [];
  return `daybook projections repair ${context}/${name}`;
}

/** @returns where to go on in a partition: at the checkpoint, or before it where the data lacks something */
export function beginsAt({ behind, checkpoint, mark }: Proof): number {
  return behind ? Math.min(checkpoint, mark?.complete ?? 0) : checkpoint;
}
