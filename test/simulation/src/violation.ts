/** An invariant does not hold: which, and what was seen. */
export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, seen: string) {
    super(`${invariant}: ${seen}`);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

/** @param seen what was seen when it does not hold; @throws Violation */
export function must(holds: boolean, invariant: string, seen: () => string): void {
  if (!holds) throw new Violation(invariant, seen());
}
