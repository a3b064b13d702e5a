import { v4 } from 'uuid';
import { backoffMs, Stopping, whileUnavailable } from '../concurrency/backoff.ts';
import { KeyedQueue } from '../concurrency/keyed-queue.ts';
import type { ReceivedCommand } from '../messages/command.ts';
import type { NewEvent, RecordedEvent } from '../messages/event.ts';
import { afterFault, MalformedMessage, RevisionConflict } from '../messages/fault.ts';
import type { RecordedOutcome, Reply } from '../messages/reply.ts';
import type { BoundedContext } from '../modelling/bounded-context.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandHandler, Handled, ParkReason } from '../ports/command-bus.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import { AggregateCache, type AggregateCacheOptions, type LiveAggregate } from './aggregate-cache.ts';
import { type AnnotatedDecision, decideThrough } from './decide-through.ts';
import type { CommandMiddleware } from './middleware.ts';
import { digestOf, newEvents, recordOf } from './new-events.ts';
import { OptimisticStart } from './optimistic-start.ts';
import { type ParsedCommand, parseCommand } from './parse-command.ts';
import type { Answer, ProcessedCommands, ReadStream } from './processed-commands.ts';

/** What the handling of commands needs. */
export interface CommandHandling {
  readonly context: BoundedContext;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Given when the service stops; a command that is waiting then stays with the broker. */
  readonly signal: AbortSignal;
  readonly cache?: AggregateCacheOptions;
  /** The app's own code around every decision, the first one outermost. */
  readonly middleware?: readonly CommandMiddleware[];
  /** Tries of a command that fails by a bug or keeps losing races, before it is parked. */
  readonly maxAttempts?: number;
  /** Makes the secret of an event that its follow-ups' ids are derived from. @default a random UUID */
  readonly secret?: (eventId: string) => string;
  /** How a command that was decided before is known; a simulation takes it away to see what then breaks. */
  readonly answeredBefore?: (
    answered: ProcessedCommands,
    commandId: string,
    read: ReadStream,
  ) => Promise<Answer | undefined>;
}

/** parse → mailbox → load → decide, through the middlewares → append → outcome. */
export function createCommandHandler(handling: CommandHandling): CommandHandler {
  const { context, store, clock, log, signal, maxAttempts = 10, answeredBefore = recordedAnswer } = handling;
  const { middleware = [], secret = () => v4() } = handling;
  const aggregates = new AggregateCache(store, log, handling.cache);
  const optimisticStart = new OptimisticStart();
  const keyedQueue = new KeyedQueue();
  store.onDoubt?.(() => aggregates.clear());

  return async (received) => {
    let parsed: ParsedCommand;
    try {
      parsed = parseCommand(context, received, clock.now().toISOString());
    } catch (error) {
      return refuse(received, error, 1);
    }
    return keyedQueue.run(parsed.streamId, () => decideWithRetries(received, parsed));
  };

  async function decideWithRetries(received: ReceivedCommand, parsed: ParsedCommand): Promise<Handled> {
    for (let attempt = 1; ; attempt++) {
      try {
        const reply = await whileUnavailable(
          clock,
          signal,
          () => decideOnce(parsed),
          (err, waits) =>
            log.warn(
              { err, attempt: waits, ...fieldsOf(parsed) },
              'a dependency is unavailable; the command is delayed',
            ),
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

  /**
   * Without looking whether there is a stream, where that is likely. Not with middlewares: a repeat of an answered command
   * is not to pass through them, and whether it is one shows only when the stream was read.
   * @returns undefined when it has to be loaded
   */
  async function startStream(parsed: ParsedCommand): Promise<RecordedOutcome | undefined> {
    const { aggregate, command, streamId } = parsed;
    if (store.startStream === undefined || middleware.length > 0 || aggregates.has(streamId)) return undefined;
    const messages = optimisticStart.firstEvents(parsed);
    if (messages === undefined) return undefined;
    const events = newEvents(messages, parsed, { secret });
    try {
      await store.startStream(streamId, events);
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      optimisticStart.wasWrong(command);
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
    if (answer !== undefined) return answeredAgain(parsed, await confirmed(parsed, live, { answer, read }));

    const decide = () => aggregate.decider.decide(command, live.state, metadata);
    const { decision, annotations }: AnnotatedDecision =
      middleware.length === 0
        ? { decision: decide(), annotations: undefined }
        : await decideThrough(middleware, context.name, parsed, decide);
    const messages = recordOf(command, decision);
    const events = newEvents(messages, parsed, { secret, annotations });
    try {
      await store.append(streamId, live.revision === -1 ? 'no-stream' : live.revision, events, live.last);
    } catch (error) {
      aggregates.fellBehind(streamId);
      throw error;
    }
    return apply(parsed, live, events);
  }

  /**
   * An answer that is remembered has to be in the log still: what a restore has lost is decided again.
   * @throws RevisionConflict when it is not
   */
  async function confirmed(
    { streamId, metadata }: ParsedCommand,
    live: LiveAggregate,
    { answer, read }: { answer: Answer; read: ReadStream },
  ): Promise<Answer> {
    const [recorded] = await read(answer.outcome.revision, 1);
    if (recorded?.metadata.command_id === metadata.commandId) return answer;
    log.warn(
      { stream: streamId, command_id: metadata.commandId },
      'the log has lost the outcome of a command; it is decided again',
    );
    aggregates.forget(streamId);
    throw new RevisionConflict(streamId, live.revision, recorded?.revision ?? -1);
  }

  function answeredAgain(parsed: ParsedCommand, { outcome, digest }: Answer): RecordedOutcome {
    if (digest !== undefined && digest !== digestOf(parsed.command)) {
      const { commandId } = parsed.metadata;
      throw new MalformedMessage(
        'message_id_reused',
        `the message_id '${commandId}' was used before for a different command to ${parsed.streamId}: ` +
          'send this one with an id of its own',
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

function recordedAnswer(answered: ProcessedCommands, commandId: string, read: ReadStream): Promise<Answer | undefined> {
  return answered.find(commandId, read);
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
