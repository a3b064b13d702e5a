import { eventIdOf, type Message, type NewEvent } from '@daybook/core';

/** An event as a command-service would append it: now, because of a command of its own. @param commandId never used before */
export function newEventOf(commandId: string, message: Message): NewEvent {
  return {
    ...message,
    id: eventIdOf(commandId, 0),
    metadata: {
      command_id: commandId,
      causation_id: commandId,
      correlation_id: commandId,
      schema_version: 1,
      recorded_at: new Date().toISOString(),
    },
  };
}
