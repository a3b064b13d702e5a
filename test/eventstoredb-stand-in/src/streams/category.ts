import { randomUUID } from 'node:crypto';
import type { EventStore } from '../store/event-store.ts';
import {
  type EventToStore,
  type StoredEvent,
  SystemType,
  TOMBSTONE_NUMBER,
  TOMBSTONE_TEXT,
} from '../store/stored-event.ts';
import { limitsFrom, ownerOfMetastream } from '../store/stream-metadata.ts';

const PREFIX = '$ce-';

/** The stream of links that an event belongs in, or undefined. */
function categoryStream(event: Pick<StoredEvent, 'stream' | 'type' | 'data'>): string | undefined {
  const stream = deletedBy(event) ?? event.stream;
  const dash = stream.indexOf('-');
  return dash > 0 && !stream.startsWith('$') ? `${PREFIX}${stream.slice(0, dash)}` : undefined;
}

/** The stream that a metadata event soft-deletes: such events are linked too, other metadata is not. */
function deletedBy({ stream, type, data }: Pick<StoredEvent, 'stream' | 'type' | 'data'>): string | undefined {
  return type === SystemType.metadata && limitsFrom(data).deleted ? ownerOfMetastream(stream) : undefined;
}

/** Links events into category streams, some time after they were written, as the system projection does. */
export interface CategoryProjection {
  stop(): void;
}

/** `delayMs` is asked for each event: it may change while the projection runs. */
export function startCategoryProjection(
  store: EventStore,
  delayMs: () => number,
  now: () => number,
): CategoryProjection {
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const isDue = (event: StoredEvent) => event.createdMs + delayMs() <= now();

  const schedule = () => {
    if (!timer && !stopped) timer = setTimeout(() => void round(), Math.max(1, delayMs()));
  };

  async function round(): Promise<void> {
    next = await store.write((streams) => {
      const fresh = streams.all.slice(next);
      const early = fresh.findIndex((event) => categoryStream(event) && !isDue(event));
      const due = early < 0 ? fresh : fresh.slice(0, early);
      // Counted here: by the time of the answer, others have written more.
      const reached = next + due.length;
      return { events: due.flatMap(linkFor), answer: () => reached };
    });
    timer = undefined;
    await scheduleIfNeeded();
  }

  const scheduleIfNeeded = () =>
    store.read((streams) => {
      if (streams.all.slice(next).some((event) => categoryStream(event))) schedule();
    });

  const stopListening = store.onEvent((event) => {
    if (categoryStream(event)) schedule();
  });
  void store.read((streams) => {
    // Links carry the position of what they link: it says where an earlier run stopped.
    const links = streams.all.filter(({ stream, type }) => type === SystemType.link && stream.startsWith(PREFIX));
    next = links.reduce((highest, link) => Math.max(highest, linkedPosition(link) + 1), 0);
  });
  void scheduleIfNeeded();
  return {
    stop() {
      stopped = true;
      stopListening();
      clearTimeout(timer);
    },
  };
}

function linkFor(event: StoredEvent): EventToStore[] {
  const stream = categoryStream(event);
  if (stream === undefined) return [];
  const number = event.number === TOMBSTONE_NUMBER ? TOMBSTONE_TEXT : String(event.number);
  return [
    {
      stream,
      id: randomUUID(),
      type: SystemType.link,
      contentType: 0,
      data: Buffer.from(`${number}@${event.stream}`),
      metadata: Buffer.from(JSON.stringify({ $p: event.position, $c: event.position, $causedBy: event.id })),
    },
  ];
}

function linkedPosition({ metadata }: StoredEvent): number {
  return (JSON.parse(metadata.toString()) as { $c: number }).$c;
}
