import type { FaultPlan } from '../faults/faults.ts';
import { NakAction } from '../protocol/results.ts';
import type { EventStore } from '../store/event-store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import type { Streams } from '../store/streams.ts';
import { resolve, sourceStream } from '../streams/links.ts';
import { createCheckpoints } from './checkpoints.ts';
import type { Consumer, Message } from './consumer.ts';
import { lastCheckpoint, parkedEvent } from './group-events.ts';
import type { GroupSettings } from './group-settings.ts';
import { createInFlight } from './in-flight.ts';
import type { Strategy } from './strategy.ts';
import { createWaiting } from './waiting.ts';

/** A named set of consumers that share the events of a stream. */
export interface Group {
  readonly settings: GroupSettings;
  readonly consumers: ReadonlySet<Consumer>;
  add(consumer: Consumer): void;
  /** Their messages go to those who stay, at once. */
  remove(gone: readonly Consumer[]): void;
  acknowledge(consumer: Consumer, ids: readonly string[]): void;
  refuse(consumer: Consumer, ids: readonly string[], action: number, reason: string): void;
  /** An event was stored in the stream. */
  wake(streams: Streams): void;
  /** Retries what timed out, and keeps a checkpoint when one is due. */
  tick(): void;
}

/** What a group stands on. */
export interface GroupDependencies {
  readonly settings: GroupSettings;
  readonly strategy: Strategy;
  readonly store: EventStore;
  readonly faults: FaultPlan;
  readonly now: () => number;
}

/** Starts a group at its checkpoint, which it repeats, or where its settings say. */
export function createGroup(streams: Streams, { settings, strategy, store, faults, now }: GroupDependencies): Group {
  const { stream, group } = settings;
  const consumers = new Set<Consumer>();
  const waiting = createWaiting();
  const inFlight = createInFlight(strategy);
  const parking = new Set<Message>();
  const checkpoint = lastCheckpoint(streams, settings);
  const checkpoints = createCheckpoints(settings, store, now, checkpoint ?? -1);
  const fromSettings = settings.startFrom >= 0 ? settings.startFrom : streams.lastNumber(stream) + 1;
  let next = checkpoint ?? fromSettings;

  function fill(current: Streams): void {
    const last = current.lastNumber(stream);
    for (; next <= last && waiting.size < settings.bufferSize; next += 1) {
      const event = current.visible(stream, next);
      if (event) waiting.add(toMessage(current, event));
    }
  }

  function toMessage(current: Streams, event: StoredEvent): Message {
    const resolved = resolve(current, event, settings.resolveLinkTos);
    return { id: event.id, number: event.number, sourceStream: sourceStream(event), resolved, retryCount: 0 };
  }

  function push(): void {
    for (const message of waiting.inOrder()) {
      const choice = strategy.choose(message);
      if (choice === 'all-full') return;
      if (choice === 'not-yet') continue;
      waiting.remove(message);
      const timeout = settings.messageTimeoutMs || Number.POSITIVE_INFINITY;
      inFlight.add(message, choice, now() + timeout);
      checkpoints.delivered(message.number);
      choice.send(message);
      if (faults.duplicates(stream, group)) choice.send(message);
    }
  }

  /** Reads on and delivers, when what it would read is durable. */
  function goOn(): void {
    void store.read((current) => {
      fill(current);
      push();
    });
  }

  function retry(messages: readonly Message[]): void {
    const again = messages.filter(({ retryCount }) => retryCount <= settings.maxRetryCount);
    for (const message of messages) {
      if (!again.includes(message)) park(message, `Reached retry count of ${settings.maxRetryCount}`);
    }
    if (again.length > 0) waiting.addRetries(again, faults.reorders(stream, group));
  }

  function park(message: Message, reason: string): void {
    parking.add(message);
    const events = [parkedEvent(settings, message, reason, now())];
    void store.write(() => ({ events, answer: () => parking.delete(message) }));
  }

  const keepCheckpoint = (timeIsUp: boolean) =>
    checkpoints.keep([...inFlight.all(), ...parking, ...waiting.inOrder()], timeIsUp);
  const oneMore = (message: Message): Message => ({ ...message, retryCount: message.retryCount + 1 });

  return {
    settings,
    consumers,
    add(consumer) {
      consumers.add(consumer);
      strategy.add(consumer);
      goOn();
    },
    remove(gone) {
      const leaving = gone.filter((consumer) => consumers.delete(consumer));
      if (leaving.length === 0) return;
      const lost = inFlight.takeFrom(leaving);
      for (const consumer of leaving) strategy.remove(consumer);
      retry(lost);
      goOn();
    },
    acknowledge(consumer, ids) {
      for (const id of ids) inFlight.answered(consumer, id);
      keepCheckpoint(false);
      goOn();
    },
    refuse(consumer, ids, action, reason) {
      for (const id of ids) {
        const message = inFlight.answered(consumer, id);
        if (!message) continue;
        if (action === NakAction.Park) park(message, `Client explicitly NAK'ed message.\n${reason}`);
        // Stop is handled like Skip.
        if (action === NakAction.Retry || action === NakAction.Unknown) retry([oneMore(message)]);
      }
      keepCheckpoint(false);
      goOn();
    },
    wake(current) {
      fill(current);
      push();
    },
    tick() {
      const late = inFlight.takeLate(now());
      if (late.length > 0) {
        retry(late.map(oneMore));
        goOn();
      }
      keepCheckpoint(true);
    },
  };
}
