import type { CommandMessage } from '../messages/command.ts';
import type { RecordedEvent } from '../messages/event.ts';
import { followUpIdOf } from '../messages/ids.ts';
import type { Message } from '../messages/message.ts';
import type { ProcessManager } from '../modelling/process-manager.ts';

/**
 * The commands that an event causes. Their ids depend on the event alone: dispatched again after a crash,
 * they are the same commands, and take effect once.
 */
export function followUps(context: string, manager: ProcessManager, event: RecordedEvent): readonly CommandMessage[] {
  if (!manager.reactsTo.includes(event.type)) return [];
  return commandsBecauseOf(context, manager.name, event, manager.react(event));
}

/** The commands as they are sent. */
export function commandsBecauseOf(
  context: string,
  manager: string,
  event: RecordedEvent,
  commands: readonly Message[],
): readonly CommandMessage[] {
  return commands.map((command, index) => ({
    context,
    command,
    commandId: followUpIdOf(event, manager, index),
    correlationId: event.metadata.correlation_id,
    causationId: event.id,
    actor: manager,
    traceparent: event.metadata.traceparent,
  }));
}

/**
 * Dispatches what a batch of events causes, in the order of the events.
 * Resolves when the broker holds every command; only then may the events be acknowledged.
 * @throws Unavailable
 */
export async function react(
  context: string,
  manager: ProcessManager,
  events: readonly RecordedEvent[],
  publish: (command: CommandMessage) => Promise<void>,
): Promise<void> {
  await Promise.all(events.flatMap((event) => followUps(context, manager, event)).map(publish));
}
