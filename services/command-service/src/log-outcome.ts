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
  if (reply.status === 'accepted') {
    log.debug({ stream: reply.stream, revision: reply.revision, ...fields }, 'command accepted');
  } else if (reply.status === 'rejected') {
    log.debug({ stream: reply.stream, code: reply.error.code, ...fields }, 'command rejected');
  } else {
    const { code, message } = reply.error;
    const parked = park !== undefined;
    log.warn({ code, parked, reason: park?.message ?? message, ...fields }, `command ${reply.status}`);
  }
}
