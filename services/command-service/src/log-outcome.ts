import type { Handled, Log, ReceivedCommand } from '@daybook/core';

/** One line for each outcome. Those the domain meant are many, so they are at debug; the others need a person. */
export function logOutcome(log: Log, received: ReceivedCommand, { reply, park }: Handled): void {
  const fields = {
    message_type: received.type,
    command_id: received.commandId,
    correlation_id: received.correlationId,
    causation_id: received.causationId,
    outcome: reply.status,
  };
  switch (reply.status) {
    case 'accepted':
      return log.debug({ ...fields, stream: reply.stream, revision: reply.revision }, 'command accepted');
    case 'rejected':
      return log.debug({ ...fields, stream: reply.stream, code: reply.error.code }, 'command rejected');
    case 'invalid':
      return log.warn({ ...fields, code: reply.error.code, parked: park !== undefined }, 'command invalid');
    case 'failed':
      return log.warn(
        { ...fields, code: reply.error.code, parked: park !== undefined, reason: park?.message },
        'command failed',
      );
  }
}
