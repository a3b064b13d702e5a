import { MalformedMessage } from './fault.ts';
import { parseStreamId } from './stream-id.ts';

/** What a reader wants to have been read: an event, by its place in its stream. */
export interface Token {
  readonly context: string;
  readonly aggregate: string;
  readonly entityId: string;
  readonly revision: number;
}

/** The token of a stream's event, as it travels: text that fits a header, opaque to who gets it. */
export function tokenOf(streamId: string, revision: number): string {
  return `${encodeURIComponent(streamId)}@${revision}`;
}

/** @throws MalformedMessage `invalid_token` */
export function parseToken(text: string): Token {
  const [, stream, revision] = /^([^@]+)@(\d{1,15})$/.exec(text) ?? [];
  try {
    if (stream !== undefined) return { ...parseStreamId(decodeURIComponent(stream)), revision: Number(revision) };
  } catch {
    // Answered below, like any other text that is no token.
  }
  throw new MalformedMessage('invalid_token', 'the token is not one that a reply gave out');
}
