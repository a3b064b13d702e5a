import { MalformedMessage, textOfBytes } from '@daybook/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PlainOnly } from './plain-only.ts';

/** Takes bodies in JSON, and no other: text would otherwise be taken, and refused as no object. */
export function takeJsonAlone(api: FastifyInstance): void {
  api.removeContentTypeParser(['text/plain', 'application/json']);
  const parse = api.getDefaultJsonParser('error', 'error');
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    try {
      refuseEncoded(request);
      const text = textOfBytes(body, 'the body');
      void parse(request, text, (error, value) => done(error === null ? null : reasonOf(error, text), value));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** @throws PlainOnly for a body that is compressed: what it would grow to, nobody knows */
function refuseEncoded({ headers }: FastifyRequest): void {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((one) => one.trim().toLowerCase());
  const encoded = encodings.find((one) => one !== '' && one !== 'identity');
  if (encoded !== undefined) throw new PlainOnly(encoded.slice(0, 50));
}

/** What Fastify calls no JSON may be JSON with a name that would change what the object inherits. */
function reasonOf(error: Error, text: string): Error {
  if (text === '') return error;
  try {
    JSON.parse(text);
  } catch (cause) {
    return new MalformedMessage('not_json', `the body is not JSON: ${(cause as Error).message}`);
  }
  return new MalformedMessage(
    'invalid_data',
    "the body has a field '__proto__' or 'constructor', which is no name a field may have",
  );
}
