/**
 * 32 bits of a text, the same on every machine for ever (FNV-1a over its UTF-16 code units). Two texts may share one:
 * who must be sure compares the texts.
 */
export function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
