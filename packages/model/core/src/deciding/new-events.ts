import type { Annotations, NewEvent } from '../messages/event.ts';
import { fingerprint } from '../messages/fingerprint.ts';
import { decidedEventIdOf } from '../messages/ids.ts';
import type { Message } from '../messages/message.ts';
import { type Decision, isRejection } from '../modelling/decider.ts';
import { checkEvents } from './check-events.ts';
import type { ParsedCommand } from './parse-command.ts';

/** Parsed data has its fields in the schema's order, so the same command always gives the same digest. */
export function digestOf({ type, data }: Message): string {
  return fingerprint(`${type} ${JSON.stringify(data)}`)
    .toString(16)
    .padStart(8, '0');
}

/** @throws InvalidDecision for what can't be stored */
export function newEvents(
  messages: readonly Message[],
  parsed: ParsedCommand,
  { secret, annotations }: { secret: (eventId: string) => string; annotations?: Annotations | undefined },
): readonly NewEvent[] {
  checkEvents(parsed.aggregate, messages);
  const digest = digestOf(parsed.command);
  return messages.map((message, index) => newEvent(message, index, parsed, { digest, secret, annotations }));
}

function newEvent(
  message: Message,
  index: number,
  { metadata, streamId }: ParsedCommand,
  {
    digest,
    secret,
    annotations,
  }: { digest: string; secret: (eventId: string) => string; annotations: Annotations | undefined },
): NewEvent {
  const id = decidedEventIdOf(streamId, metadata.commandId, index);
  return {
    id,
    type: message.type,
    data: message.data,
    metadata: {
      command_id: metadata.commandId,
      command_digest: digest,
      causation_id: metadata.causationId,
      correlation_id: metadata.correlationId,
      actor: metadata.actor,
      traceparent: metadata.traceparent,
      schema_version: 1,
      recorded_at: metadata.at,
      follow_up_secret: secret(id),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

/** What is appended: of a command without events the record that it was decided, so that a repeat of it is known. */
export function recordOf({ type: command, data }: Message, decision: Decision<Message>): readonly Message[] {
  if (isRejection(decision)) {
    const { code, message } = decision;
    return [{ type: 'CommandRejected', data: { command, data, code, message } }];
  }
  return decision.length === 0 ? [{ type: 'CommandHadNoEffect', data: { command, data } }] : decision;
}
