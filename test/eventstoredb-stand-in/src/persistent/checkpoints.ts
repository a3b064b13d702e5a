import type { EventStore } from '../store/event-store.ts';
import type { Message } from './consumer.ts';
import { checkpointEvents } from './group-events.ts';
import type { GroupSettings } from './group-settings.ts';

/** Decides when a group's progress is kept. */
export interface Checkpoints {
  delivered(number: number): void;
  /** Keeps the lowest unfinished number, or the last delivered one, when enough of them or enough time has passed. */
  keep(unfinished: readonly Message[], timeIsUp: boolean): void;
}

/**
 * A checkpoint is kept after `maxCheckpointCount` events, or at a tick when `checkpointAfterMs` has passed and at least
 * `minCheckpointCount` events were finished: a group that finished fewer has no checkpoint and starts over.
 */
export function createCheckpoints(
  settings: GroupSettings,
  store: EventStore,
  now: () => number,
  startedAt: number,
): Checkpoints {
  let lastKept = startedAt;
  let lastKeptAt = Number.NEGATIVE_INFINITY;
  let lastDelivered = startedAt;
  return {
    delivered(number) {
      lastDelivered = Math.max(lastDelivered, number);
    },
    keep(unfinished, timeIsUp) {
      const lowest = unfinished.reduce((least, { number }) => Math.min(least, number), lastDelivered);
      const finished = lowest - lastKept;
      if (finished <= 0) return;
      const enough = finished >= settings.maxCheckpointCount;
      const due = timeIsUp && now() - lastKeptAt >= settings.checkpointAfterMs;
      if (!enough && !(due && finished >= settings.minCheckpointCount)) return;
      lastKept = lowest;
      lastKeptAt = now();
      void store.write((streams) => ({ events: checkpointEvents(streams, settings, lowest), answer: () => {} }));
    },
  };
}
