import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, type Log, MalformedMessage, Unavailable } from '@daybook/core';
import { type ConfirmChannel, type ConsumeMessage, IllegalOperationError, type Message } from 'amqplib';
import type { Connection } from './connection.ts';
import { RecoveringChannel } from './recovering-channel.ts';
import { type Sending, type SendingListener, sendingOf } from './sending.ts';
import { DELETION_NOTICE_MS } from './topology.ts';
import { untilConfirmed } from './until-confirmed.ts';
import type { Outgoing } from './wire.ts';

/** A broker's own name for the channel that asked; no queue is needed, but it must be consumed without acknowledgement. */
export const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to';

/**
 * Publishes in the order of the calls, and repeats what was not confirmed: after a lost channel, a refusal, or silence.
 * A repeat carries the same message id, which makes it harmless.
 */
export class Publisher {
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #confirmTimeoutMs: number;
  readonly #silenceCheck: NodeJS.Timeout;
  #keeper: RecoveringChannel<ConfirmChannel> | undefined;
  #channel: ConfirmChannel | undefined;
  #rebuild: (reason: string) => void = () => {};
  /** Not written yet, or to be written again, in the order of the calls. What is given up leaves: an outage may be long. */
  readonly #waiting = new Set<Sending>();
  /** Written on the current channel, in the order of writing. */
  readonly #unconfirmed = new Set<Sending>();
  /** Confirmed, and the reply is still to come to the current channel. */
  readonly #unanswered = new Set<Sending>();
  #order = 0;
  /** amqplib would buffer without bound: written again after `drain`. */
  #full = false;
  #closing = false;

  private constructor(connection: Connection, log: Log, confirmTimeoutMs: number) {
    this.#connection = connection;
    this.#log = log;
    this.#confirmTimeoutMs = confirmTimeoutMs;
    this.#silenceCheck = setInterval(() => this.#checkSilence(), Math.max(50, confirmTimeoutMs / 4)).unref();
  }

  /** @param onReply takes what comes back to {@link DIRECT_REPLY_TO} */
  static async open(
    connection: Connection,
    log: Log,
    confirmTimeoutMs: number,
    onReply: (message: ConsumeMessage) => void,
  ): Promise<Publisher> {
    const publisher = new Publisher(connection, log, confirmTimeoutMs);
    connection.onUnblocked(() => publisher.#resume());
    let lost = false;
    publisher.#keeper = await RecoveringChannel.open(log, {
      name: 'publisher',
      create: () => connection.openConfirmChannel(),
      async setUp(channel, rebuild) {
        publisher.#rebuild = rebuild;
        // The broker closes a channel that publishes to an exchange which somebody has deleted.
        if (lost) await connection.declare();
        channel.on('return', (message) => publisher.#returned(message));
        channel.on('drain', () => publisher.#drained());
        const deliver = (message: ConsumeMessage | null) => (message ? onReply(message) : rebuild('replies cancelled'));
        await channel.consume(DIRECT_REPLY_TO, deliver, { noAck: true });
      },
      opened: (channel) => publisher.#opened(channel),
      lost() {
        lost = true;
        publisher.#lost();
      },
    });
    return publisher;
  }

  /** Messages that the broker has not confirmed, written or not. */
  get pending(): number {
    return this.#waiting.size + this.#unconfirmed.size;
  }

  get ready(): boolean {
    return this.#channel !== undefined && !this.#closing;
  }

  /**
   * Resolves when the broker holds the message.
   * @param pointless aborted when it need not be sent any more
   * @throws MalformedMessage; Unavailable after `timeoutMs`, or when it has become pointless
   */
  publish(message: Outgoing, timeoutMs: number, pointless?: AbortSignal): Promise<void> {
    return untilConfirmed(this, message, timeoutMs, pointless);
  }

  /** Takes the message into the order of sending. */
  send(message: Outgoing, listener: SendingListener): Sending {
    const sending = sendingOf(message, listener, this.#order++);
    if (this.#closing) this.#fail(sending, new Unavailable('RabbitMQ', 'the connection is closed'));
    else {
      this.#waiting.add(sending);
      this.#write();
    }
    return sending;
  }

  /** Forgets a message that need not be sent again. */
  drop(sending: Sending): void {
    sending.done = true;
    this.#waiting.delete(sending);
    this.#unconfirmed.delete(sending);
    this.#unanswered.delete(sending);
  }

  /** Takes nothing new, waits for outstanding confirms up to `graceMs`, and gives up the rest. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const deadline = Date.now() + graceMs;
    while (this.pending > 0 && Date.now() < deadline) await sleep(10);
    clearInterval(this.#silenceCheck);
    for (const sending of [...this.#unconfirmed, ...this.#unanswered, ...this.#waiting]) {
      this.#fail(sending, new Unavailable('RabbitMQ', 'the connection is closed'));
    }
    await this.#keeper?.close();
  }

  #opened(channel: ConfirmChannel): void {
    this.#full = false;
    this.#channel = channel;
    this.#write();
  }

  #lost(): void {
    this.#channel = undefined;
    const all = [...this.#unconfirmed, ...this.#unanswered, ...this.#waiting];
    for (const sendings of [this.#unconfirmed, this.#unanswered, this.#waiting]) sendings.clear();
    for (const sending of all.sort((one, other) => one.order - other.order)) this.#waiting.add(sending);
  }

  #drained(): void {
    this.#full = false;
    this.#write();
  }

  #resume(): void {
    // The broker read nothing meanwhile, so its silence meant nothing.
    for (const sending of this.#unconfirmed) sending.writtenAt = Date.now();
    this.#write();
  }

  #write(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    for (const sending of this.#waiting) {
      if (this.#full || this.#connection.blocked || !this.#writeOne(channel, sending)) return;
      this.#waiting.delete(sending);
    }
  }

  /** @returns false when the channel is closing: the next one will do */
  #writeOne(channel: ConfirmChannel, sending: Sending): boolean {
    const { exchange, routingKey, body, properties } = sending.message;
    const attempt = ++sending.attempt;
    sending.writtenAt = Date.now();
    sending.returned = false;
    try {
      this.#full = !channel.publish(exchange, routingKey, body, properties, (error: Error | null) =>
        this.#answered(sending, attempt, error),
      );
    } catch (error) {
      if (error instanceof IllegalOperationError) return false;
      // A name beyond 255 bytes, or headers beyond 64 KiB: amqplib refuses before it writes anything.
      this.#fail(sending, new MalformedMessage('unsendable', `AMQP can't carry it: ${(error as Error).message}`));
      return true;
    }
    this.#unconfirmed.add(sending);
    return true;
  }

  #answered(sending: Sending, attempt: number, error: Error | null): void {
    if (sending.done || sending.attempt !== attempt) return;
    // amqplib reports a closed channel here too; `lost` sees to that.
    if (error?.message === 'channel closed') return;
    if (error) void this.#again(sending, sleep(backoffMs(attempt, 50, 2_000)));
    else if (sending.returned) this.#unroutable(sending);
    else {
      this.#unconfirmed.delete(sending);
      if (sending.listener.awaitsReply) this.#unanswered.add(sending);
      else sending.done = true;
      sending.listener.confirmed();
    }
  }

  /** basic.return comes before the confirm of the same message. */
  #returned({ properties, fields }: Message): void {
    for (const sending of this.#unconfirmed) {
      const { message } = sending;
      if (sending.returned || message.properties.messageId !== properties.messageId) continue;
      if (message.routingKey !== fields.routingKey) continue;
      sending.returned = true;
      return;
    }
  }

  /** A queue of our own contexts was deleted since: it is declared again, once. */
  #unroutable(sending: Sending): void {
    const { context, queue, routingKey } = sending.message;
    if (!sending.declaredAgain && this.#connection.contexts.includes(context)) {
      sending.declaredAgain = true;
      void this.#again(sending, this.#declareAgain());
      return;
    }
    const said = `no queue takes '${routingKey}': '${queue}' is missing, no service serves the context '${context}'`;
    this.#fail(sending, new MalformedMessage('unroutable', said));
  }

  async #declareAgain(): Promise<void> {
    await sleep(DELETION_NOTICE_MS);
    await this.#connection.declare().catch((err) => this.#log.warn({ err }, 'queues not declared again'));
  }

  async #again(sending: Sending, when: Promise<unknown>): Promise<void> {
    const attempt = sending.attempt;
    // The broker did answer: what follows is our own pause, not its silence.
    sending.writtenAt = Number.POSITIVE_INFINITY;
    await when;
    // Lost with its channel meanwhile, it is among the waiting already.
    if (sending.attempt !== attempt || !this.#unconfirmed.delete(sending)) return;
    this.#waiting.add(sending);
    this.#write();
  }

  #checkSilence(): void {
    if (this.#connection.blocked) return;
    const limit = Date.now() - this.#confirmTimeoutMs;
    if ([...this.#unconfirmed].some(({ writtenAt }) => writtenAt < limit)) this.#rebuild('no confirmation');
  }

  #fail(sending: Sending, error: MalformedMessage | Unavailable): void {
    this.drop(sending);
    sending.listener.failed(error);
  }
}
