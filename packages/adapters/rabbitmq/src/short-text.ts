/** What AMQP allows a short string, bytes: ids, types, routing keys, names of queues. */
export const MAX_SHORT = 255;

/** The beginning of a text, as much of it as fits into so many bytes of UTF-8. */
export function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  // No character is cut in two: what is left of one at the end is dropped.
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}
