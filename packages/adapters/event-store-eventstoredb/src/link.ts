import { type Log, systemClock } from '@daybook/core';
import type { Address } from './address.ts';
import { type Connection, openConnection } from './connection.ts';
import { faultOf, NotDone } from './faults.ts';
import { tooNewToSpeakTcp } from './server-version.ts';
import { within } from './within.ts';

/** Calls at once. The client itself takes any number, also while it is not connected. */
const MAX_CALLS = 4096;

/** One connection, replaced when it dies; opened when it is first used. */
export class Link {
  readonly #address: Address;
  readonly #name: string;
  readonly #log: Log;
  readonly #deadlineMs: number;
  readonly #onReconnect: () => void;
  readonly #closing = new AbortController();
  #connection: Connection | undefined;
  #connected = false;
  #everConnected = false;
  #opening = false;
  #downSince: number | undefined;
  #lastError: unknown = 'not connected';
  #calls = 0;
  #watchdog: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<() => void>();

  /**
   * @param deadlineMs milliseconds until a call is given up
   * @param onReconnect called when it is connected once more: it may be another server, or one with other data
   */
  constructor(
    address: Address,
    {
      name,
      log,
      deadlineMs,
      onReconnect = () => {},
    }: { name: string; log: Log; deadlineMs: number; onReconnect?: () => void },
  ) {
    this.#address = address;
    this.#name = name;
    this.#log = log;
    this.#deadlineMs = deadlineMs;
    this.#onReconnect = onReconnect;
  }

  /** When a call that begins now is given up; several that make one operation share it. */
  deadline(): number {
    return Date.now() + this.#deadlineMs;
  }

  /**
   * @param until when to give up, milliseconds since 1970
   * @throws Unavailable: then it may have been carried out, or may yet be; MalformedMessage
   */
  async call<Result>(
    what: string,
    work: (connection: Connection) => Promise<Result>,
    until = this.deadline(),
  ): Promise<Result> {
    if (this.#calls >= MAX_CALLS) throw new NotDone('EventStoreDB', `${MAX_CALLS} calls are already waiting for it`);
    this.#calls++;
    try {
      const connection = await this.#ready(until);
      const left = until - Date.now();
      if (left <= 0) throw this.#unavailable();
      return await within(left, what, work(connection));
    } catch (error) {
      throw faultOf(error);
    } finally {
      this.#calls--;
    }
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#watchdog);
    this.#connection?.client.close();
    this.#wakeAll();
  }

  async #ready(until: number): Promise<Connection> {
    this.#open();
    // Who comes while it has been down for long is told so at once.
    if (this.#downSince !== undefined && Date.now() - this.#downSince > this.#deadlineMs) throw this.#unavailable();
    while (!this.#connected || this.#connection === undefined) {
      if (this.#closing.signal.aborted) throw new NotDone('EventStoreDB', 'the connection was closed by this service');
      const left = until - Date.now();
      if (left <= 0) throw this.#unavailable();
      await this.#change(left);
    }
    return this.#connection;
  }

  #unavailable(): NotDone {
    return new NotDone('EventStoreDB', this.#lastError);
  }

  /** Opens in the background, for as long as it takes. */
  #open(): void {
    if (this.#opening || this.#connection !== undefined || this.#closing.signal.aborted) return;
    this.#opening = true;
    this.#downSince ??= Date.now();
    void this.#keepOpening().finally(() => {
      this.#opening = false;
    });
  }

  async #keepOpening(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted && this.#connection === undefined) {
      try {
        await this.#openOnce();
      } catch (err) {
        if (signal.aborted) return;
        await this.#failed(err);
        await systemClock.sleep(200, signal);
      }
    }
  }

  async #openOnce(): Promise<void> {
    const { signal } = this.#closing;
    let closed = false;
    const connection = await openConnection(
      this.#address,
      { name: this.#name, timeoutMs: this.#patience, signal },
      {
        connected: () => this.#up(),
        disconnected: () => this.#down(),
        closed: (reason) => {
          closed = true;
          this.#gone(reason);
        },
      },
    );
    if (closed || signal.aborted) connection.client.close();
    else {
      this.#connection = connection;
      this.#up();
    }
  }

  /** Milliseconds until a connection on which nothing comes is replaced: a peer may take it and never answer. */
  get #patience(): number {
    return Math.min(3000, this.#deadlineMs / 2);
  }

  async #failed(err: unknown): Promise<void> {
    const tooNew = this.#everConnected ? undefined : await tooNewToSpeakTcp(this.#address, this.#closing.signal);
    if (tooNew === undefined) this.#log.warn({ err }, 'could not connect to EventStoreDB; retrying');
    else this.#log.error({ err }, tooNew);
    this.#lastError = tooNew ?? err;
  }

  #up(): void {
    clearTimeout(this.#watchdog);
    if (this.#connection === undefined) return;
    this.#connected = true;
    if (this.#everConnected) this.#onReconnect();
    this.#everConnected = true;
    this.#downSince = undefined;
    this.#wakeAll();
  }

  #down(): void {
    this.#connected = false;
    this.#downSince ??= Date.now();
    this.#lastError = 'the connection was lost';
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#connection?.client.close(), this.#patience);
  }

  #gone(reason: string): void {
    clearTimeout(this.#watchdog);
    this.#connected = false;
    this.#connection = undefined;
    if (this.#closing.signal.aborted) return;
    this.#lastError = reason;
    this.#downSince ??= Date.now();
    this.#open();
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
