/** A short name for a trace (FNV-1a, 32 bits): two runs that differ in one line have different ones, but for bad luck. */
export function hashOf(trace: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const line of trace) {
    for (let index = 0; index < line.length; index++) hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ 10, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
