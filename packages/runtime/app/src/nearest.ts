/** Edits that a slip of the fingers needs at most. */
const FAR = 3;

/** @returns `; did you mean 'projector'?` when one of the names is near, else what there is */
export function nearest(text: string, names: readonly string[]): string {
  const [best] = names
    .map((name) => ({ name, distance: editsBetween(text, name) }))
    .sort((a, b) => a.distance - b.distance);
  if (best !== undefined && best.distance <= FAR) return `; did you mean '${best.name}'?`;
  return `; there are ${names.join(', ')}`;
}

/** Insertions, deletions and replacements of one character that make `b` of `a` (Levenshtein). */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
