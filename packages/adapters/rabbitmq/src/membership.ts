import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type Log, Unavailable } from '@daybook/core';
import type { Channel } from 'amqplib';
import type { Connection } from './connection.ts';
import { MemberProof, memberQueueOf } from './member-proof.ts';
import { type Announcement, announcementFrom, Members } from './members.ts';
import { RecoveringChannel } from './recovering-channel.ts';
import { MEMBERS } from './topology.ts';

/** Milliseconds between two announcements when nothing changes. */
const HEARTBEAT_MS = 1_000;
/**
 * How long the members must have been the same before anything new is taken, milliseconds. By then those who are there have
 * answered a new one, and all have heard who came or left: two that take the same queue at the same moment would both get it.
 */
const SETTLE_MS = 300;

/** The consumer of a context, as the membership sees it. */
export interface Seat {
  readonly context: string;
  /** The queues that it consumes, or has commands in hand from. */
  held(): readonly string[];
  /** Its share, or what others hold, may have changed. */
  review(): void;
}

/**
 * A command-service among the others. Each announces every second, and at once when something changes, what it serves and
 * holds; from that all of them work out the same shares. Who is silent for long is gone.
 */
export class Membership {
  /** Begins with the time, so that the order of the names is that of age. */
  readonly name = `${new Date().toISOString()}-${randomUUID().slice(0, 8)}`;
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #others = new Members();
  readonly #proof: MemberProof<Announcement>;
  readonly #seats = new Set<Seat>();
  readonly #heartbeat: NodeJS.Timeout;
  #keeper: RecoveringChannel<Channel> | undefined;
  #channel: Channel | undefined;
  /** Where the others are heard. */
  #queue = '';
  #share: ReadonlySet<string> | undefined;
  /** Runs out when the members have been the same for long enough. */
  #settling: NodeJS.Timeout | undefined;
  #whenSettled: (() => void)[] = [];
  #announcing = false;
  #beatAt = Date.now();

  private constructor(connection: Connection, log: Log) {
    this.#connection = connection;
    this.#log = log;
    this.#proof = new MemberProof(() => connection.openChannel(), log);
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** Listens to the others from now on. */
  static async open(connection: Connection, log: Log): Promise<Membership> {
    const membership = new Membership(connection, log);
    connection.onUnblocked(() => membership.#announce());
    membership.#keeper = await RecoveringChannel.open(log, {
      name: 'members',
      create: () => connection.openChannel(),
      async setUp(channel, rebuild) {
        await channel.assertExchange(MEMBERS, 'fanout', { durable: true });
        const queue = memberQueueOf(membership.name, randomUUID());
        await channel.assertQueue(queue, { exclusive: true, durable: false });
        await channel.bindQueue(queue, MEMBERS, '');
        membership.#queue = queue;
        const deliver = (message: { content: Buffer } | null) =>
          message ? membership.#heard(message.content) : rebuild('the queue of announcements was deleted');
        await channel.consume(queue, deliver, { noAck: true });
      },
      opened: (channel) => membership.#opened(channel),
      lost: () => membership.#lost(),
    });
    return membership;
  }

  /** Serves a context from now on. Resolves when its share is known, and may be taken. */
  async join(seat: Seat): Promise<void> {
    this.#seats.add(seat);
    this.changed();
    if (this.#channel !== undefined) this.#settle();
    await new Promise<void>((resolve) => this.#whenSettled.push(resolve));
  }

  /** Serves the context no more: the others may take its queues. */
  leave(seat: Seat): void {
    if (this.#seats.delete(seat)) this.#announce();
  }

  /** What a seat holds has changed: the others are told soon. */
  changed(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    void turn().then(() => this.#announce());
  }

  /** The queues that are this one's to consume; undefined while that is not known. */
  get share(): ReadonlySet<string> | undefined {
    return this.#share;
  }

  /** Whether one of its share may be taken now: the members have settled, and none of them still has it. */
  isFree(queue: string): boolean {
    return this.#settling === undefined && !this.#others.isHeld(queue);
  }

  /** Whether another command-service is there. */
  knows(member: string): boolean {
    return this.#others.knows(member);
  }

  /** How many command-services there are, this one included. */
  get size(): number {
    return this.#others.size + 1;
  }

  /** @throws Unavailable while it is not known who the others are */
  ping(): void {
    if (this.#share === undefined) throw new Unavailable('RabbitMQ', 'the other command-services are not known yet');
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#settling);
    await this.#keeper?.close();
  }

  #opened(channel: Channel): void {
    this.#channel = channel;
    this.#announce();
    this.#settle();
  }

  #lost(): void {
    this.#channel = undefined;
    this.#share = undefined;
    clearTimeout(this.#settling);
    this.#others.forgetAll();
  }

  #heard(content: Buffer): void {
    const said = announcementFrom(content);
    if (said === undefined || said.member === this.name) return;
    if (this.#others.isKnown(said)) this.#takeIn(said);
    else if (said.contexts.length === 0) this.#proof.forget(said.queue);
    else this.#proof.ask(said, (last) => this.#takeIn(last));
  }

  #takeIn(said: Announcement): void {
    const news = this.#others.heard(said, Date.now());
    if (news === 'members') this.#changedMembers();
    if (news === 'holds') this.#review();
  }

  #beat(): void {
    const now = Date.now();
    // Who was frozen, or is not read by the broker, has heard nobody: the silence is its own.
    if (this.#connection.blocked || now - this.#beatAt > 2 * HEARTBEAT_MS) this.#others.excuseAll(now);
    this.#beatAt = now;
    const gone = this.#others.dropSilent(now);
    if (gone.length > 0) {
      this.#log.warn({ members: gone }, 'command-services are silent, their share is taken over');
      this.#changedMembers();
    }
    if (this.#seats.size > 0) this.#announce();
  }

  /** What is not in the share any more is let go at once, so that others find it free. */
  #changedMembers(): void {
    this.#announce();
    if (this.#share !== undefined) this.#workOut();
    this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.#workOut();
      for (const resolve of this.#whenSettled.splice(0)) resolve();
    }, SETTLE_MS);
  }

  #workOut(): void {
    this.#share = this.#others.shareOf({ member: this.name, contexts: this.#contexts });
    this.#review();
  }

  #review(): void {
    for (const seat of this.#seats) seat.review();
  }

  get #contexts(): string[] {
    return [...this.#seats].map(({ context }) => context);
  }

  #announce(): void {
    this.#announcing = false;
    if (this.#channel === undefined || this.#connection.blocked) return;
    const holds = [...this.#seats].flatMap((seat) => seat.held());
    const said = JSON.stringify({ member: this.name, queue: this.#queue, contexts: this.#contexts, holds });
    try {
      this.#channel.publish(MEMBERS, '', Buffer.from(said), { contentType: 'application/json' });
    } catch (err) {
      this.#log.debug({ err }, 'announcement not sent');
    }
  }
}
