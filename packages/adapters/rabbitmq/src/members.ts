import { assign, type Member } from './assignment.ts';

/** What a command-service tells the others about itself. One that serves no context has left. */
export interface Announcement extends Member {
  /** In which it hears the others: nobody else has one of that name. */
  readonly queue: string;
  /** The queues that it consumes, or has commands in hand from. */
  readonly holds: readonly string[];
}

/** Another command-service, as it was last heard. */
interface Other extends Announcement {
  /** Milliseconds since 1970. */
  readonly heardAt: number;
}

/** Silence after which a command-service counts as gone, milliseconds. */
export const SILENCE_MS = 4_000;

/** What one command-service knows of the others, and what follows from it for its own share. */
export class Members {
  #others = new Map<string, Other>();

  /** Takes in what another one says. @returns what has changed: who serves what, or only what it holds */
  heard(said: Announcement, now: number): 'members' | 'holds' | undefined {
    const before = this.#others.get(said.member);
    if (said.contexts.length === 0) return this.#others.delete(said.member) ? 'members' : undefined;
    this.#others.set(said.member, { ...said, heardAt: now });
    if (before === undefined || !sameList(before.contexts, said.contexts)) return 'members';
    return sameList(before.holds, said.holds) ? undefined : 'holds';
  }

  /** Drops those that were silent for too long. @returns their names */
  dropSilent(now: number): string[] {
    const gone = [...this.#others.values()].filter(({ heardAt }) => now - heardAt > SILENCE_MS);
    for (const { member } of gone) this.#others.delete(member);
    return gone.map(({ member }) => member);
  }

  /** Nobody could be heard for a while: nobody's silence counts. */
  excuseAll(now: number): void {
    this.#others = new Map([...this.#others].map(([member, other]) => [member, { ...other, heardAt: now }]));
  }

  forgetAll(): void {
    this.#others.clear();
  }

  /** The queues that are `me`'s among all of them. */
  shareOf(me: Member): ReadonlySet<string> {
    return assign([...this.#others.values(), me]).get(me.member) ?? new Set();
  }

  /** Whether another one says that it still has it. */
  isHeld(queue: string): boolean {
    return [...this.#others.values()].some(({ holds }) => holds.includes(queue));
  }

  /** Whether it was heard from this queue before: what it says now needs no proof. */
  isKnown({ member, queue }: Announcement): boolean {
    return this.#others.get(member)?.queue === queue;
  }

  /** Whether it was heard, and has neither left nor been silent for long. */
  knows(member: string): boolean {
    return this.#others.has(member);
  }

  /** How many others there are. */
  get size(): number {
    return this.#others.size;
  }
}

/** @returns undefined for what is no announcement: anybody can send to the exchange */
export function announcementFrom(content: Buffer): Announcement | undefined {
  try {
    const { member, queue, contexts, holds } = JSON.parse(content.toString()) as Record<string, unknown>;
    const isNamed = typeof member === 'string' && typeof queue === 'string';
    return isNamed && isTexts(contexts) && isTexts(holds) ? { member, queue, contexts, holds } : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
