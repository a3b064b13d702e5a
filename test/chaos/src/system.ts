import { type PrivateSystem, startPrivateSystem, startTestEventStoreDb } from '@daybook/test-support';

/** How long a contract may wait for its signature, milliseconds: soon enough to fall due while harm is done. */
const SIGNATURE_MS = 3000;

/** Where events are kept; EventStoreDB is the stand-in that speaks its protocol. */
export type Store = 'postgres' | 'eventstoredb';

/** Starts everything from the repository's root, after the build, and waits until it is ready. */
export async function startSystem(store: Store): Promise<PrivateSystem> {
  const system = await startPrivateSystem({
    startEventStore: store === 'eventstoredb' ? startTestEventStoreDb : undefined,
    settings: { LOG_LEVEL: 'warn', CONTRACT_SIGNATURE_DAYS: String(SIGNATURE_MS / 86_400_000) },
    policy: { maxRestarts: 100_000, firstDelayMs: 50, maxDelayMs: 1000 },
  });
  // Two, so that partitions change hands.
  await system.startAnother('command-service');
  return system;
}
