import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, type Log } from '@daybook/core';
import type { Channel } from 'amqplib';
import { bounded } from './bounded.ts';

const CLOSE_TIMEOUT_MS = 2_000;
/** A channel that lived this long was well: what happens to it next is a new misfortune. */
const STABLE_MS = 5_000;

/** What a channel is for. */
export interface ChannelUse<C extends Channel> {
  /** For the log. */
  readonly name: string;
  /** Opens a new one; waits while there is no connection. */
  create(): Promise<C>;
  /** Prepares a new channel; `rebuild` gives it up for the next one. */
  setUp(channel: C, rebuild: (reason: string) => void): Promise<void>;
  /** The channel is ready. */
  opened?(channel: C, rebuild: (reason: string) => void): void;
  /** The channel is gone, with everything that was under way on it. */
  lost?(): void;
}

/**
 * Keeps one channel open. amqplib's recovery brings the connection back, but not a channel that the broker closed
 * while the connection lives on, nor a consumer whose queue was deleted.
 */
export class RecoveringChannel<C extends Channel> {
  readonly #log: Log;
  readonly #use: ChannelUse<C>;
  #current: C | undefined;
  #closed = false;
  #attempt = 0;

  private constructor(log: Log, use: ChannelUse<C>) {
    this.#log = log;
    this.#use = use;
  }

  /** Resolves once the channel is ready for the first time. */
  static async open<C extends Channel>(log: Log, use: ChannelUse<C>): Promise<RecoveringChannel<C>> {
    const channel = new RecoveringChannel(log, use);
    await channel.#build();
    return channel;
  }

  /** undefined while it is being rebuilt. */
  get current(): C | undefined {
    return this.#current;
  }

  /** Closes the channel for good; what was sent on it before has reached the broker then, unless that hangs. */
  async close(): Promise<void> {
    this.#closed = true;
    const channel = this.#current;
    this.#current = undefined;
    if (channel !== undefined) await bounded(channel.close(), CLOSE_TIMEOUT_MS);
  }

  async #build(): Promise<void> {
    while (!this.#closed) {
      if (this.#attempt > 0) await sleep(backoffMs(this.#attempt, 50, 5_000));
      this.#attempt++;
      try {
        if (await this.#tryOnce()) return;
      } catch (err) {
        this.#log.warn({ err, channel: this.#use.name, attempt: this.#attempt }, 'channel could not be opened');
      }
    }
  }

  /** @returns false when the channel was lost again before it was ready */
  async #tryOnce(): Promise<boolean> {
    const channel = await this.#use.create();
    const openedAt = Date.now();
    let state: 'setting up' | 'ready' | 'lost' = 'setting up';

    const lose = () => {
      const was = state;
      state = 'lost';
      if (was !== 'ready') return;
      this.#current = undefined;
      if (Date.now() - openedAt > STABLE_MS) this.#attempt = 0;
      this.#use.lost?.();
      // A lost connection closes its channels before it says so itself.
      setImmediate(() => void this.#build());
    };
    const rebuild = (reason: string) => {
      if (state === 'lost') return;
      this.#log.warn({ reason, channel: this.#use.name }, 'channel is rebuilt');
      lose();
      void channel.close().catch(() => {});
    };
    channel.on('error', (err) => this.#log.warn({ err, channel: this.#use.name }, 'channel failed'));
    channel.on('handler-error', (err) => {
      this.#log.error({ err, channel: this.#use.name }, 'channel listener failed');
      rebuild('listener failed');
    });
    channel.once('close', lose);

    try {
      await this.#use.setUp(channel, rebuild);
    } catch (error) {
      void channel.close().catch(() => {});
      throw error;
    }
    // It may have been closed by the same bytes that answered the set-up.
    if ((state as string) === 'lost') return false;
    if (this.#closed) {
      await bounded(channel.close(), CLOSE_TIMEOUT_MS);
      return false;
    }
    state = 'ready';
    this.#current = channel;
    this.#use.opened?.(channel, rebuild);
    return true;
  }
}
