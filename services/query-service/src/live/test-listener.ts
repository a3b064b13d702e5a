/** What came: an event, or an id alone. */
export interface Heard {
  readonly id?: string;
  readonly event?: string;
  readonly data?: Record<string, unknown>;
}

/** Somebody who listens to server-sent events. */
export interface Listener {
  readonly status: number;
  /** The next one; undefined at the end of the stream. Comments are passed over. */
  next(): Promise<Heard | undefined>;
  leave(): void;
}

/** Listens at a URL. @param lastEventId where to resume */
export async function listenAt(url: string, lastEventId?: string): Promise<Listener> {
  const leaving = new AbortController();
  const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
  const response = await fetch(url, { headers, signal: leaving.signal });
  if (response.status !== 200) leaving.abort();
  const blocks = blocksOf(response.body as ReadableStream<Uint8Array>);
  return {
    status: response.status,
    async next() {
      for (;;) {
        const { value } = await blocks.next();
        if (value === undefined) return undefined;
        const fields = Object.fromEntries(
          value.split('\n').map((line) => [line.split(': ')[0], line.replace(/^\w*: /, '')]),
        );
        const { id, event, data } = fields as Record<string, string | undefined>;
        if (id === undefined && event === undefined) continue;
        return {
          ...(id !== undefined && { id }),
          ...(event !== undefined && { event }),
          ...(data !== undefined && { data: JSON.parse(data) as Record<string, unknown> }),
        };
      }
    },
    leave: () => leaving.abort(),
  };
}

async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
  return undefined;
}
