import type { RecordedEvent } from '@daybook/core';
import { firstLine, printable, table } from '../table.ts';
import { placeOf } from './format-list.ts';
import type { ParkedItem } from './parked-items.ts';

/** Everything that is known of something parked: what it is, its data, why it was parked. */
export function wholeLines(item: ParkedItem): string[] {
  if (item.kind === 'command') {
    const { id, type, routingKey, correlationId, headers, body, attempts } = item.command;
    const { bodyBytes, code, reason, stack, parkedAt } = item.command;
    const shown = Buffer.byteLength(body);
    return [
      ...table([
        ['command', firstLine(id)],
        ['queue', placeOf(item)],
        ['type', firstLine(type ?? '-')],
        ['routing key', firstLine(routingKey)],
        ['correlation id', firstLine(correlationId ?? '-')],
        ['attempts', String(attempts ?? '-')],
        ['parked at', parkedAt ?? '-'],
        ['code', firstLine(code)],
      ]),
      ...part('headers', json(headers)),
      ...part(shown < bodyBytes ? `body, the first ${shown} of ${bodyBytes} bytes` : 'body', readable(body)),
      ...part('reason', reason),
      ...part('stack', stack ?? 'none'),
    ];
  }
  const { event, attempts, reason, parkedAt } = item.event;
  return [
    ...table([
      ['event', String(event.position)],
      ['group', item.group],
      ['type', firstLine(event.type)],
      ['stream', firstLine(`${event.streamId}@${event.revision}`)],
      ['event id', firstLine(event.id)],
      ['attempts', String(attempts)],
      ['parked at', parkedAt],
    ]),
    ...part('metadata', json(event.metadata)),
    ...part('data', json(event.data)),
    ...part('reason, with the stack', reason),
  ];
}

/** One line for each act: when, what was done to what, by whom, why. */
export function actLines(acts: readonly RecordedEvent[]): string[] {
  if (acts.length === 0) return ['nothing was replayed or discarded yet'];
  return table(
    acts.map(({ type, data, metadata }) => {
      const { group, position, message_id, by, reason } = data as Record<string, string | number | undefined>;
      const what = message_id === undefined ? `${group} ${position}` : String(message_id);
      return [metadata.recorded_at, type, what, `by ${by}`, reason === undefined ? '' : String(reason)].map(firstLine);
    }),
  );
}

function part(title: string, content: string): string[] {
  const lines = printable(content).split('\n');
  return ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** A parked body need not be JSON: that may be why it is parked. */
function readable(body: string): string {
  try {
    return json(JSON.parse(body));
  } catch {
    return body;
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'none';
}
