import { setImmediate as turn } from 'node:timers/promises';
import { KeyedQueue, type Log } from '@daybook/core';
import { type ChannelModel, connect } from 'amqplib';
import { closeWithin } from './bounded.ts';
import { onOwnChannel } from './own-channel.ts';
import { DIRECT_REPLY_TO } from './publisher.ts';

/** So many addresses are remembered: each client has one for each of its channels. */
const REMEMBERED = 10_000;
/** So many are checked one after the other; those beyond get no reply. */
const MAX_ASKED = 100;
const ANSWER_MS = 5_000;
const ATTEMPTS = 5;
const CLOSE_TIMEOUT_MS = 1_000;
/** What RabbitMQ makes of a channel: two texts in base64. */
const LIKE_AN_ADDRESS = /^[\w+/=-]+\.[\w+/=-]+$/;

/**
 * Which addresses of direct reply-to can be written to. RabbitMQ 3 ends the whole connection that publishes to one which
 * somebody has made up (541 on 3.10): each is tried once on a connection that nothing else is done on.
 */
export class ReplyAddresses {
  readonly #url: string;
  readonly #log: Log;
  readonly #known = new Map<string, boolean>();
  readonly #oneAtATime = new KeyedQueue();
  /** Those that are being checked, or wait for it. */
  readonly #asked = new Map<string, Promise<boolean>>();
  #connection: ChannelModel | undefined;
  /** What the broker said when it ended the connection on which the current address was tried. */
  #endedBy = '';

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  /** Whether a reply may be sent there; told at once when that is known. Never rejects. */
  canTake(address: string): boolean | Promise<boolean> {
    if (!address.startsWith(`${DIRECT_REPLY_TO}.`)) return true;
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const asked = this.#asked.get(address);
    if (asked !== undefined) return asked;
    if (!LIKE_AN_ADDRESS.test(address.slice(DIRECT_REPLY_TO.length + 1)) || this.#asked.size >= MAX_ASKED) return false;
    const asking = this.#oneAtATime
      .run('check', () => this.#check(address))
      .finally(() => {
        this.#asked.delete(address);
      });
    this.#asked.set(address, asking);
    return asking;
  }

  async close(): Promise<void> {
    if (this.#connection !== undefined) await closeWithin(this.#connection, CLOSE_TIMEOUT_MS);
  }

  async #check(address: string): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const known = await this.#ask(address);
      if (known === undefined) continue;
      for (const [oldest] of this.#known) if (this.#known.size >= REMEMBERED) this.#known.delete(oldest);
      this.#known.set(address, known);
      return known;
    }
    // The broker was away, and it can't be told: nobody may wait in vain for a reply because of that.
    return true;
  }

  /** @returns undefined when the connection was lost, and not because of the address */
  async #ask(address: string): Promise<boolean | undefined> {
    // What ended an earlier connection says nothing of this address.
    this.#endedBy = '';
    const open = async () => {
      this.#connection ??= await this.#open();
      return this.#connection.createChannel();
    };
    try {
      const check = { ms: ANSWER_MS, what: 'checking a reply address' };
      await onOwnChannel(open, check, (channel) => channel.checkQueue(address));
      return true;
    } catch (err) {
      // What ended the connection is told by the connection, in a turn of its own.
      await turn();
      const isGone = /NOT.FOUND/.test(String(err));
      const isMadeUp = /INTERNAL.ERROR/.test(this.#endedBy);
      if (isMadeUp)
        this.#log.warn({ reply_to: address }, 'RabbitMQ can not read a reply address: its sender gets no reply');
      else this.#log.debug({ err, reply_to: address }, 'a reply address is not there, or could not be checked');
      if (isGone || isMadeUp) return false;
      this.#drop();
      return undefined;
    }
  }

  /** What could not be told on it may be its own fault: the next check has another. */
  #drop(): void {
    const dropped = this.#connection;
    this.#connection = undefined;
    if (dropped !== undefined) void closeWithin(dropped, CLOSE_TIMEOUT_MS);
  }

  async #open(): Promise<ChannelModel> {
    const connection = await connect(this.#url, { noDelay: true, timeout: ANSWER_MS });
    const lost = (err?: Error) => {
      if (this.#connection !== connection) return;
      this.#endedBy ||= String(err);
      this.#connection = undefined;
    };
    connection.on('error', lost);
    connection.on('close', lost);
    return connection;
  }
}
