import { KeyedQueue, type Log } from '@daybook/core';
import type { Channel } from 'amqplib';
import { onOwnChannel } from './own-channel.ts';
import { MEMBERS } from './topology.ts';

/** So many names are asked about one after the other; those beyond are heard again a second later. */
const MAX_ASKED = 100;
const ANSWER_MS = 5_000;

/** The exclusive queue in which a command-service hears the others; `life` is another for each that it declares. */
export function memberQueueOf(member: string, life: string): string {
  return `${MEMBERS}.${member}.${life}`;
}

/**
 * Tells command-services from names that somebody has made up: anybody can publish an announcement, but each command-service
 * has an exclusive queue, of which the broker says that it belongs to a connection that is there.
 */
export class MemberProof<Announcement extends { readonly member: string; readonly queue: string }> {
  readonly #openChannel: () => Promise<Channel>;
  readonly #log: Log;
  readonly #oneAtATime = new KeyedQueue();
  /** What was said last by those that are asked about, by queue. */
  readonly #asked = new Map<string, Announcement>();

  constructor(openChannel: () => Promise<Channel>, log: Log) {
    this.#openChannel = openChannel;
    this.#log = log;
  }

  /** @param proven called with the last that it said, if it is a command-service and has not left meanwhile */
  ask(said: Announcement, proven: (said: Announcement) => void): void {
    if (!said.queue.startsWith(memberQueueOf(said.member, ''))) return;
    const isAsked = this.#asked.has(said.queue);
    if (!isAsked && this.#asked.size >= MAX_ASKED) return;
    this.#asked.set(said.queue, said);
    if (isAsked) return;
    void this.#oneAtATime
      .run('ask', () => this.#isExclusive(said.queue))
      .then((isMember) => {
        const last = this.#asked.get(said.queue);
        this.#asked.delete(said.queue);
        if (isMember && last !== undefined) proven(last);
        if (!isMember)
          this.#log.debug({ member: said.member }, 'an announcement is left out: no command-service has this name');
      });
  }

  /** It has left, or what it said counts no more. */
  forget(queue: string): void {
    this.#asked.delete(queue);
  }

  /** Never rejects: what can't be told now is asked again when the next announcement comes. */
  async #isExclusive(queue: string): Promise<boolean> {
    try {
      const check = { ms: ANSWER_MS, what: 'checking a command-service' };
      await onOwnChannel(this.#openChannel, check, (channel) => channel.checkQueue(queue));
      // It is there for everybody.
      return false;
    } catch (error) {
      return /RESOURCE.LOCKED/.test(String(error));
    }
  }
}
