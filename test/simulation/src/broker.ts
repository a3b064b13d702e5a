import type { CommandMessage, ParkReason, ReceivedCommand, Reply } from '@daybook/core';
import type { Faults } from './faults.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { Violation } from './violation.ts';

/** A message in the queue, or in a consumer's hands. */
export interface Message {
  readonly number: number;
  readonly received: ReceivedCommand;
  /** Told the outcome, if somebody waits for it. */
  readonly replyTo: ((reply: Reply) => void) | undefined;
  /** Whether its outcome has been sent. */
  replied: boolean;
}

/** A consumer's channel: what it holds unacknowledged goes back to the queue when it closes. */
export interface Channel {
  readonly process: Process;
  readonly prefetch: number;
  readonly unacked: Set<Message>;
  readonly take: (message: Message, channel: Channel) => void;
  open: boolean;
}

/** What the broker keeps: one queue of commands, its consumers, and the parked queue. */
export class Broker {
  readonly queue: Message[] = [];
  readonly parked: { message: Message; reason: ParkReason }[] = [];
  /** Ids of the commands that were parked at any time. */
  readonly everParked = new Set<string | undefined>();
  readonly #channels = new Set<Channel>();
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  #published = 0;
  #delivering = 0;

  constructor(scheduler: Scheduler, faults: Faults) {
    this.#scheduler = scheduler;
    this.#faults = faults;
  }

  /** Puts the command into the queue, now and then twice or out of order. */
  enqueue(message: CommandMessage | ReceivedCommand, replyTo?: (reply: Reply) => void): void {
    const received = 'command' in message ? receivedOf(message) : message;
    const copies = this.#faults.also(0.3) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      this.#insert({ number: ++this.#published, received, replyTo, replied: false }, this.queue.length);
    }
    this.#pump();
  }

  open(channel: Channel): void {
    this.#channels.add(channel);
    this.#pump();
  }

  /** What was in hand is delivered again, to anybody. */
  close(channel: Channel): void {
    if (!channel.open) return;
    channel.open = false;
    this.#channels.delete(channel);
    for (const message of [...channel.unacked].reverse()) this.#insert(message, 0);
    this.#pump();
  }

  /** Takes no new messages; those in hand stay its own. */
  cancel(channel: Channel): void {
    this.#channels.delete(channel);
  }

  /** Keeps a copy for a person. */
  park(message: Message, reason: ParkReason): void {
    this.parked.push({ message, reason });
    this.everParked.add(message.received.commandId);
  }

  ack(channel: Channel, message: Message): void {
    if (!channel.open) return;
    channel.unacked.delete(message);
    this.#pump();
  }

  reply(channel: Channel, message: Message, reply: Reply): void {
    if (!channel.open) return;
    message.replied = true;
    message.replyTo?.(reply);
  }

  get idle(): boolean {
    return this.queue.length === 0 && [...this.#channels].every(({ unacked }) => unacked.size === 0);
  }

  #insert(message: Message, place: number): void {
    const at = this.#faults.also(0.3) ? this.#faults.detail.below(this.queue.length + 1) : place;
    this.queue.splice(at, 0, message);
  }

  /** One step for each delivery that is possible. */
  #pump(): void {
    let room = -this.#delivering;
    for (const { prefetch, unacked } of this.#channels) room += prefetch - unacked.size;
    const wanted = Math.min(room, this.queue.length - this.#delivering);
    for (let n = 0; n < wanted; n++) {
      this.#delivering++;
      this.#scheduler.soon(() => this.#deliver());
    }
  }

  #deliver(): void {
    this.#delivering--;
    const free = [...this.#channels].filter(({ prefetch, unacked }) => unacked.size < prefetch);
    const channel = free[this.#faults.detail.below(free.length)];
    const message = channel && this.queue.shift();
    if (channel === undefined || message === undefined) return;
    const name = `${message.received.type} ${message.received.commandId}`;
    this.#scheduler.note(`broker delivers ${name} (${message.number}) to ${channel.process.name}`);
    if (message.replied) {
      throw new Violation(
        'nobody is told an outcome before the command is off the queue',
        `${name} was delivered again`,
      );
    }
    channel.unacked.add(message);
    channel.take(message, channel);
    this.#pump();
  }
}

function receivedOf({ command, ...message }: CommandMessage): ReceivedCommand {
  return {
    type: command.type,
    commandId: message.commandId,
    correlationId: message.correlationId,
    causationId: message.causationId,
    actor: message.actor,
    traceparent: message.traceparent,
    body: JSON.stringify(command.data),
  };
}
