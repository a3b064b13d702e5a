/** What a value takes besides its text, bytes: a rough figure for what V8 needs. */
const EACH = 16;

/** About how much memory a JSON value takes, bytes: for caches that are bounded by what they hold, not by how many. */
export function weightOf(value: unknown): number {
  const left: unknown[] = [value];
  let weight = 0;
  while (left.length > 0) {
    const one = left.pop();
    weight += EACH;
    if (typeof one === 'string') weight += 2 * one.length;
    else if (Array.isArray(one)) for (const item of one) left.push(item);
    else if (typeof one === 'object' && one !== null) {
      for (const [key, item] of Object.entries(one)) {
        weight += EACH + key.length;
        left.push(item);
      }
    }
  }
  return weight;
}
