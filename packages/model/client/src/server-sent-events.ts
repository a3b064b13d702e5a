/** What a stream said: an event, or where to resume from alone. */
export interface ServerSentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
}

/** The events of a response's body, as they come. Understands what the query-service sends: one line of data an event. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, undefined> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield eventOf(block);
  }
  return undefined;
}

function eventOf(block: string): ServerSentEvent {
  const field = (name: string) => {
    const line = block.split('\n').find((one) => one.startsWith(`${name}: `));
    return line?.slice(name.length + 2);
  };
  return { id: field('id'), event: field('event'), data: field('data') };
}
