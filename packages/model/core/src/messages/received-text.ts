import { MalformedMessage } from './fault.ts';

/** The most that a command's body may have: 1 MiB, by HTTP as well. */
export const MAX_BODY_BYTES = 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of bytes that came from outside. They are what they are in UTF-8, or they are refused: replaced by U+FFFD, two
 * different texts would become the same one.
 * @param what names the bytes in the error, as in `the body`
 * @throws MalformedMessage `not_utf8`, or `too_large` above {@link MAX_BODY_BYTES}
 */
export function textOfBytes(bytes: Uint8Array, what: string): string {
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new MalformedMessage('too_large', `${what} has ${bytes.byteLength} bytes, and may have ${MAX_BODY_BYTES}`);
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalformedMessage('not_utf8', `${what} is not UTF-8: encode it as UTF-8 and send it again`);
  }
}

/** A control character; half a surrogate pair; or U+FFFD, which stands where bytes were no UTF-8. */
const UNFIT = /[\p{Cc}\p{Surrogate}\ufffd]/u;

/**
 * Checks the text of a property that names or describes a message. An empty one counts as left out, as clients write it.
 * @throws MalformedMessage `invalid_property` when it is blank, or has a character that is refused
 */
export function checkProperty(name: string, value: string | undefined): void {
  if (value === undefined || value === '') return;
  const reason =
    value.trim() === ''
      ? 'is blank: leave it out, or give it a text'
      : UNFIT.test(value)
        ? 'has a control character, half a surrogate pair, or bytes that are not UTF-8'
        : undefined;
  if (reason !== undefined)
    throw new MalformedMessage('invalid_property', `${name} ${reason}`, [{ path: name, message: reason }]);
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace context, unless it is none: then it is left out, as W3C asks. */
export function traceparentIn(value: string | undefined): string | undefined {
  return value !== undefined && TRACEPARENT.test(value) ? value : undefined;
}
