import { AggregateCache, type AggregateCacheOptions, type LiveAggregate } from './aggregate-cache.ts';
import type { Answer, AnsweredCommands, ReadStream } from './answered-commands.ts';
import { backoffMs, Stopping, whileUnavailable } from './backoff.ts';
import type { BoundedContext } from './bounded-context.ts';
import type { ReceivedCommand } from './command.ts';
import { isRejection } from './decider.ts';
import type { NewEvent, RecordedEvent } from './event.ts';
import { afterFault, MalformedMessage, RevisionConflict } from './fault.ts';
import { fingerprint } from './fingerprint.ts';
import { eventIdOf } from './ids.ts';
import { Mailboxes } from './mailboxes.ts';
import type { Message } from './message.ts';
import { type ParsedCommand, parseCommand } from './parse-command.ts';
import type { Clock } from './ports/clock.ts';
import type { CommandHandler, Handled, ParkReason } from './ports/command-bus.ts';
import type { EventStore } from './ports/event-store.ts';
import type { Log } from './ports/log.ts';
import type { RecordedOutcome, Reply } from './reply.ts';
import { Starters } from './starters.ts';

/** What the handling of commands needs. */
export interface CommandHandling {
  readonly context: BoundedContext;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Given when the service stops; a command that is waiting then stays with the broker. */
  readonly signal: AbortSignal;
  readonly cache?: AggregateCacheOptions;
  /** Tries of a command that fails by a bug or keeps losing races, before it is parked. */
  readonly maxAttempts?: number;
  /** How a command that was decided before is known; a simulation takes it away to see what then breaks. */
  readonly answeredBefore?: (
    answered: AnsweredCommands,
    commandId: string,
    read: ReadStream,
  ) => Promise<Answer | undefined>;
}

/** parse → mailbox → load → decide → append → outcome. */
export function createCommandHandler(handling: CommandHandling): CommandHandler {
  const { context, store, clock, log, signal, maxAttempts = 10, answeredBefore = recordedAnswer } = handling;
  const aggregates = new AggregateCache(store, log, handling.cache);
  const starters = new Starters();
  const mailboxes = new Mailboxes();

  return async (received) => {
    let parsed: ParsedCommand;
    try {
      parsed = parseCommand(context, received, clock.now().toISOString());
    } catch (error) {
      return refuse(received, error, 1);
    }
    return mailboxes.run(parsed.streamId, () => settle(received, parsed));
  };

  async function settle(received: ReceivedCommand, parsed: ParsedCommand): Promise<Handled> {
    for (let attempt = 1; ; attempt++) {
      try {
        const reply = await whileUnavailable(
          clock,
          signal,
          () => decideOnce(parsed),
          (err, waits) =>
            log.warn({ err, attempt: waits, ...fieldsOf(parsed) }, 'event store not available, command waits'),
        );
        return { reply };
      } catch (error) {
        if (!(error instanceof RevisionConflict)) aggregates.forget(parsed.streamId);
        if (error instanceof Stopping) throw error;
        if (afterFault(error) === 'park' || attempt === maxAttempts) return refuse(received, error, attempt);
        log.warn({ err: error, attempt, ...fieldsOf(parsed) }, 'command is tried again');
        await clock.sleep(backoffMs(attempt, 5, 1000, clock.random), signal);
      }
    }
  }

  async function decideOnce(parsed: ParsedCommand): Promise<RecordedOutcome> {
    return (await startStream(parsed)) ?? (await decideOnLoaded(parsed));
  }

  /** Without looking whether there is a stream, where that is likely. @returns undefined when it has to be loaded */
  async function startStream(parsed: ParsedCommand): Promise<RecordedOutcome | undefined> {
    const { aggregate, command, streamId } = parsed;
    if (store.startStream === undefined || aggregates.has(streamId)) return undefined;
    const messages = starters.firstEvents(parsed);
    if (messages === undefined) return undefined;
    const events = newEvents(messages, parsed);
    try {
      await store.startStream(streamId, events);
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      starters.wasWrong(command);
      return undefined;
    }
    return apply(parsed, aggregates.start(aggregate, streamId), events);
  }

  /** @throws RevisionConflict when somebody else appended since the aggregate was loaded */
  async function decideOnLoaded(parsed: ParsedCommand): Promise<RecordedOutcome> {
    const { aggregate, command, streamId, metadata } = parsed;
    const live = await aggregates.get(aggregate, streamId);
    const read: ReadStream = (fromRevision, limit) => store.read(streamId, fromRevision, limit);
    const answer = await answeredBefore(live.answered, metadata.commandId, read);
    if (answer !== undefined) return answeredAgain(parsed, answer);

    const decision = aggregate.decider.decide(command, live.state, metadata);
    const messages = isRejection(decision) ? [{ type: 'CommandRejected', data: refusal(command, decision) }] : decision;
    const events = newEvents(messages, parsed);
    try {
      await store.append(streamId, live.revision === -1 ? 'no-stream' : live.revision, events);
    } catch (error) {
      aggregates.fellBehind(streamId);
      throw error;
    }
    return apply(parsed, live, events);
  }

  function answeredAgain(parsed: ParsedCommand, { outcome, digest }: Answer): RecordedOutcome {
    if (digest !== undefined && digest !== digestOf(parsed.command)) {
      log.warn(
        { outcome: outcome.status, ...fieldsOf(parsed) },
        'the message_id came before with another command; answered with the outcome of the first',
      );
    }
    return outcome;
  }

  function apply(parsed: ParsedCommand, live: LiveAggregate, events: readonly NewEvent[]): RecordedOutcome {
    const { streamId, metadata: commandMetadata, aggregate } = parsed;
    const recorded = events.map(({ id, type, data, metadata }, index): RecordedEvent => {
      return { id, type, data, metadata, streamId, revision: live.revision + 1 + index, position: -1 };
    });
    for (const event of recorded) aggregates.apply(aggregate, live, event);
    const { outcome } = live.answered.latest(commandMetadata.commandId) as Answer;
    aggregates.snapshotIfDue(aggregate, live, recorded.at(-1) as RecordedEvent);
    return outcome;
  }
}

/** What a line of the log says of a command. */
function fieldsOf({ streamId, command, metadata }: ParsedCommand) {
  return { stream: streamId, message_type: command.type, command_id: metadata.commandId };
}

function recordedAnswer(answered: AnsweredCommands, commandId: string, read: ReadStream): Promise<Answer | undefined> {
  return answered.find(commandId, read);
}

/** Parsed data has its fields in the schema's order, so the same command always gives the same digest. */
function digestOf({ type, data }: Message): string {
  return fingerprint(`${type} ${JSON.stringify(data)}`)
    .toString(16)
    .padStart(8, '0');
}

function newEvents(messages: readonly Message[], parsed: ParsedCommand): readonly NewEvent[] {
  const digest = digestOf(parsed.command);
  return messages.map((message, index) => newEvent(message, index, parsed, digest));
}

function newEvent(message: Message, index: number, { metadata }: ParsedCommand, digest: string): NewEvent {
  return {
    id: eventIdOf(metadata.commandId, index),
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
    },
  };
}

function refusal(command: Message, { code, message }: { code: string; message: string }) {
  return { command: command.type, data: command.data, code, message };
}

/** The answer to a command that could not be decided: it is set aside whole, with the reason. */
function refuse(received: ReceivedCommand, error: unknown, attempts: number): Handled {
  const command_id = received.commandId ?? null;
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof MalformedMessage) {
    const { code, message, issues } = error;
    const reply: Reply = {
      status: 'invalid',
      command_id,
      error: issues.length > 0 ? { code, message, issues } : { code, message },
    };
    return { reply, park: { code, message, attempts } };
  }
  const message = error instanceof Error ? error.message : String(error);
  const park: ParkReason = { code: 'failed', message, stack, attempts };
  return {
    reply: {
      status: 'failed',
      command_id,
      error: { code: 'failed', message: 'the command could not be handled; it is parked for an operator' },
    },
    park,
  };
}
