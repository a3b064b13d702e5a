import esdb, { type PersistentSubscriptionSettings } from 'node-eventstore-client';

/** Events read and kept ready by the server: 40,000 events/s over a backlog, where its defaults give 2,800. */
const READ_BATCH = 200;
const HISTORY = 1000;
const LIVE = 1000;
/** Whether an event is parked is decided here, with the reason; the server must not give one up by itself. */
const MAX_RETRIES = 1_000_000;
/** The checkpoint is stored within two seconds of the last acknowledgement, or after so many events. */
const CHECKPOINT_AFTER = 500;
const CHECKPOINT_MIN = 1;
const CHECKPOINT_MAX = 500;

/** @param messageTimeoutMs milliseconds after which an event that was not acknowledged is delivered again */
export function groupSettings(messageTimeoutMs: number): PersistentSubscriptionSettings {
  // Its fields are not in the client's types: all of them are given in order.
  const [resolveLinks, fromStart, extraStatistics, anyNumberOfConsumers] = [true, 0, false, 0];
  return new esdb.PersistentSubscriptionSettings(
    resolveLinks,
    fromStart,
    extraStatistics,
    messageTimeoutMs,
    MAX_RETRIES,
    LIVE,
    READ_BATCH,
    HISTORY,
    CHECKPOINT_AFTER,
    CHECKPOINT_MIN,
    CHECKPOINT_MAX,
    anyNumberOfConsumers,
    esdb.SystemConsumerStrategies.Pinned,
  );
}

/** The name that was made safe. */
export function groupOfSafeName(safe: string): string {
  return safe.replace(/~([0-9a-f]{6})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}

/** A group's name as EventStoreDB, its HTTP interface and the names of its streams can bear it. */
export function safeGroupName(group: string): string {
  return group.replace(
    /[^A-Za-z0-9_.-]/gu,
    (character) => `~${character.codePointAt(0)?.toString(16).padStart(6, '0')}`,
  );
}
