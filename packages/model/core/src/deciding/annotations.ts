import type { Annotations } from '../messages/event.ts';
import { unstorableIn } from '../messages/storable.ts';

/** Annotations of one command. */
const MAX_KEYS = 16;
/** Bytes of all annotations of one command, as JSON in UTF-8. */
const MAX_BYTES = 1024;

/** @throws Error that says which annotation is not allowed, or which limit is passed */
export function withAnnotations(known: Annotations, more: Annotations): Annotations {
  const all = { ...known, ...more };
  for (const [key, value] of Object.entries(all)) {
    if (typeof value !== 'string') throw new Error(`the annotation '${key}' is not a text, but ${typeof value}`);
  }
  const count = Object.keys(all).length;
  if (count > MAX_KEYS)
    throw new Error(`${count} annotations are too many: at most ${MAX_KEYS} are stored of a command`);
  const [unstorable] = unstorableIn(Object.entries(all).flat());
  if (unstorable !== undefined)
    throw new Error("an annotation contains NUL or half a surrogate pair, which can't be stored");
  const bytes = new TextEncoder().encode(JSON.stringify(all)).length;
  if (bytes > MAX_BYTES) {
    throw new Error(`the annotations take ${bytes} bytes as JSON: at most ${MAX_BYTES} are stored of a command`);
  }
  return all;
}
