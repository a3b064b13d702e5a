/** What each process has done so far, by its name; any unit. */
export type Done = Readonly<Record<string, number>>;

/** The part, from 0 to 1, that each has of what all did between two looks. */
export function sharesOf(before: Done, after: Done): Done {
  const done = Object.keys(after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  const all = done.reduce((sum, [, more]) => sum + more, 0);
  return Object.fromEntries(done.map(([name, more]) => [name, all === 0 ? 0 : more / all]));
}

/** Whether each of the newcomers does at least half of what would be its fair share. */
export function haveTheirShare(shares: Done, newcomers: readonly string[]): boolean {
  const fair = 1 / Object.keys(shares).length;
  return newcomers.every((name) => (shares[name] ?? 0) >= fair / 2);
}

/** Something that was asked for, and when it was seen done; both milliseconds of one clock. */
export interface Course {
  readonly asked: number;
  readonly seen: number;
}

/**
 * When the last of those was seen that took longer than usual.
 * @param since what happened then is what made them late
 * @returns milliseconds after `since`; 0: none was late
 */
export function lastLate(courses: readonly Course[], since: number, usualMs: number): number {
  const late = courses.filter(({ asked, seen }) => seen - asked > usualMs);
  return Math.max(0, ...late.map(({ seen }) => seen - since));
}
