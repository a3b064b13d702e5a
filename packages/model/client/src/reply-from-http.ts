import type { Reply } from '@daybook/core';

/** The outcome that a status code stands for when the body doesn't spell it out. */
const STATUS_OF: Readonly<Record<number, Reply['status']>> = {
  200: 'accepted',
  400: 'invalid',
  422: 'rejected',
  500: 'failed',
};

/**
 * Reads the outcome of a command off a gateway's answer. In problem+json (RFC 9457) `status` is the HTTP code,
 * and the reply's other fields are members beside it.
 * @returns undefined when it isn't an outcome
 */
export function replyFromHttp(httpStatus: number, body: unknown): Reply | undefined {
  const status = STATUS_OF[httpStatus];
  if (status === undefined || typeof body !== 'object' || body === null || !('command_id' in body)) return undefined;
  const { type: _, title: __, detail: ___, instance: ____, ...members } = body as Record<string, unknown>;
  const spelt = typeof members.status === 'string' ? members.status : status;
  return { ...members, status: spelt } as Reply;
}
