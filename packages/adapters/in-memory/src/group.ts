import {
  type GroupProgress,
  type GroupStatus,
  type ParkedEvent,
  parseStreamId,
  type RecordedEvent,
  type SetAside,
} from '@daybook/core';

interface Aside {
  readonly event: RecordedEvent;
  readonly state: SetAside['state'];
  readonly attempts: number;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly parkedAt: string;
}

/** Who has events in hand; the group keeps one entity in one pair of hands. */
export type Hands = object;

const byPosition = (one: { position: number }, other: { position: number }) => one.position - other.position;
const entityOf = ({ streamId }: RecordedEvent) => parseStreamId(streamId).entityId;

/** What a group has not finished: not in hand yet, in hand, and set aside. */
export class InMemoryGroup {
  #pending: RecordedEvent[];
  readonly #inHand = new Map<Hands, RecordedEvent[]>();
  readonly #aside = new Map<string, Aside[]>();
  readonly #waiting = new Set<() => void>();

  constructor(feed: readonly RecordedEvent[]) {
    this.#pending = [...feed];
  }

  join(hands: Hands): void {
    this.#inHand.set(hands, []);
    this.#wakeAll();
  }

  /** What the consumer had in hand is the others'. */
  leave(hands: Hands): void {
    this.#pending = [...this.#pending, ...(this.#inHand.get(hands) ?? [])].sort(byPosition);
    this.#inHand.delete(hands);
    this.#wakeAll();
  }

  add(events: readonly RecordedEvent[]): void {
    this.#pending.push(...events);
    this.#wakeAll();
  }

  get blocked(): Set<string> {
    return new Set(this.#aside.keys());
  }

  /** The next events of the consumer's share of the entities, in the order of the feed. */
  take(hands: Hands, limit: number): RecordedEvent[] {
    const consumers = [...this.#inHand.keys()];
    const busy = this.#busy(hands);
    const taken: RecordedEvent[] = [];
    const left: RecordedEvent[] = [];
    for (const event of this.#pending) {
      const entity = entityOf(event);
      const mine = consumers[hashOf(entity) % consumers.length] === hands && !busy.has(entity);
      if (mine && taken.length < limit) taken.push(event);
      else left.push(event);
    }
    this.#pending = left;
    if (this.#inHand.has(hands)) this.#inHand.set(hands, taken);
    return taken;
  }

  /** Done with what was taken; a consumer that has left, or was killed, changes nothing. */
  finish(hands: Hands, aside: readonly SetAside[], now: Date): void {
    if (!this.#inHand.has(hands)) return;
    this.#inHand.set(hands, []);
    for (const one of aside) {
      this.#aside.set(one.entityId, [...(this.#aside.get(one.entityId) ?? []), asideOf(one, now)]);
    }
    this.#wakeAll();
  }

  /** An event whose turn it is again: failed and rested, or held by nothing any more. It is in hand then. */
  takeDue(hands: Hands, now: Date): Aside | undefined {
    const busy = this.#busy(undefined);
    for (const [entity, [first]] of this.#aside) {
      if (first === undefined || busy.has(entity)) continue;
      const due = first.state === 'held' || (first.state === 'retrying' && first.dueAt <= now.getTime());
      if (!due) continue;
      this.#inHand.set(hands, [first.event]);
      return first;
    }
    return undefined;
  }

  /** @param again how it failed; undefined when it was handled */
  finishDue(hands: Hands, { event }: Aside, again: SetAside | undefined, now: Date): void {
    if (!this.#inHand.has(hands)) return;
    this.#inHand.set(hands, []);
    const entity = entityOf(event);
    const rest = (this.#aside.get(entity) ?? []).slice(1);
    const left = again === undefined ? rest : [asideOf(again, now), ...rest];
    if (left.length === 0) this.#aside.delete(entity);
    else this.#aside.set(entity, left);
    this.#wakeAll();
  }

  /** Resolves when there may be something to take. */
  rest(): { readonly woken: Promise<void>; wake(): void } {
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#waiting.add(wake);
    return { woken, wake };
  }

  get status(): GroupStatus {
    const aside = [...this.#aside.values()].flat();
    const parked = aside.filter(({ state }) => state === 'parked').length;
    const inAside = new Set(aside.map(({ event }) => event.position));
    const inHand = [...this.#inHand.values()].flat().filter(({ position }) => !inAside.has(position));
    return { lag: this.#pending.length + inHand.length, parked, held: aside.length - parked };
  }

  /** @param head the position of the feed's last event */
  progress(head: number): GroupProgress {
    const aside = [...this.#aside.values()].flat().map(({ event }) => event.position);
    const open = [...this.#pending, ...[...this.#inHand.values()].flat()].map(({ position }) => position);
    const done = Math.min(head + 1, ...open.filter((position) => !aside.includes(position))) - 1;
    return { done, head, aside: aside.length };
  }

  get parked(): ParkedEvent[] {
    return [...this.#aside.values()]
      .flat()
      .filter(({ state }) => state === 'parked')
      .map(({ event, attempts, reason, parkedAt }) => ({ event, attempts, reason, parkedAt }))
      .sort((one, other) => byPosition(one.event, other.event));
  }

  replay(position: number | undefined): number {
    let count = 0;
    for (const [entity, aside] of this.#aside) {
      const replayed = aside.map((one) => {
        if (one.state !== 'parked' || (position !== undefined && one.event.position !== position)) return one;
        count++;
        return { ...one, state: 'retrying' as const, attempts: 0, dueAt: 0 };
      });
      this.#aside.set(entity, replayed);
    }
    this.#wakeAll();
    return count;
  }

  /** What it held back is first then, and due. */
  discard(position: number): boolean {
    for (const [entity, aside] of this.#aside) {
      const left = aside.filter(({ state, event }) => state !== 'parked' || event.position !== position);
      if (left.length === aside.length) continue;
      if (left.length === 0) this.#aside.delete(entity);
      else this.#aside.set(entity, left);
      this.#wakeAll();
      return true;
    }
    return false;
  }

  #busy(except: Hands | undefined): Set<string> {
    return new Set([...this.#inHand].flatMap(([hands, events]) => (hands === except ? [] : events.map(entityOf))));
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

function asideOf({ event, state, attempts, reason, dueIn }: SetAside, now: Date): Aside {
  return { event, state, attempts, reason, dueAt: now.getTime() + dueIn, parkedAt: now.toISOString() };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return hash;
}
