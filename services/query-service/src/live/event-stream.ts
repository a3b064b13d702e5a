import type { ServerResponse } from 'node:http';

/** One message. Its data is one line of JSON. */
export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
  /** The position that a client has everything up to once it has this; left out where it hasn't. */
  readonly id?: number | undefined;
}

/** How patient a stream is, milliseconds. */
export interface StreamTimes {
  /** Between signs of life where nothing happens. */
  readonly heartbeatMs: number;
  /** That a client may take to read what was sent before it is cut off. */
  readonly slowMs: number;
}

/** Server-sent events to one client (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStream {
  readonly #raw: ServerResponse;
  readonly #times: StreamTimes;
  readonly #ended = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #settled: number | undefined;
  #told: number | undefined;

  /** @param over ends the stream, with a last event that says so */
  constructor(raw: ServerResponse, over: AbortSignal, times: StreamTimes) {
    this.#raw = raw;
    this.#times = times;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Nobody asks on it again: kept, it would hold up the stop of the service.
      connection: 'close',
      // Proxies that would collect an answer before they hand it on.
      'x-accel-buffering': 'no',
    });
    raw.write('retry: 1000\n\n');
    // A client that goes in the middle of a write is none of our errors.
    raw.on('error', () => {});
    this.#heartbeat = setInterval(() => this.#beat(), times.heartbeatMs);
    over.addEventListener('abort', () => this.end('the server stops'));
    if (over.aborted) this.end('the server stops');
  }

  /** Aborted when nothing more can be sent. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Resolves when the client has room for more; a client that makes none in time is cut off. */
  async send({ event, data, id }: StreamEvent): Promise<void> {
    if (this.ended.aborted) return;
    // What comes late must not bring a client back: its id is of no use any more.
    const ahead = id !== undefined && id > (this.#told ?? -1);
    if (ahead) this.#told = id;
    if (!this.#raw.write(textOf({ event, data, id: ahead ? id : undefined }))) await this.#room();
  }

  /** The client has all up to this position. It is told with the next sign of life, so that it resumes from there. */
  settled(position: number): void {
    this.#settled = position;
  }

  /** A sign of life. An id alone is no event to a client, but where it resumes from. */
  #beat(): void {
    if (this.#raw.writableNeedDrain) return;
    const id = this.#settled ?? -1;
    const ahead = id > (this.#told ?? -1);
    if (ahead) this.#told = id;
    this.#raw.write(ahead ? `id: ${id}\n\n` : ':\n\n');
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#raw.off('drain', done);
        this.ended.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(() => this.end('too slow'), this.#times.slowMs);
      this.#raw.once('drain', done);
      this.ended.addEventListener('abort', done);
    });
  }

  /** Ends the stream, with a last event that says why. */
  end(reason: string): void {
    if (this.ended.aborted) return;
    clearInterval(this.#heartbeat);
    this.#ended.abort();
    if (this.#raw.destroyed) return;
    this.#raw.end(textOf({ event: 'end', data: { reason } }));
    // The last event waits behind what the client does not read: not for ever.
    const timer = setTimeout(() => this.#raw.destroy(), this.#times.slowMs).unref();
    this.#raw.once('close', () => clearTimeout(timer));
  }
}

function textOf({ event, data, id }: StreamEvent): string {
  const line = id === undefined ? '' : `id: ${id}\n`;
  return `${line}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
