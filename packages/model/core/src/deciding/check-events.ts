import { isCommandRecord } from '../messages/event.ts';
import { InvalidDecision } from '../messages/fault.ts';
import type { Message } from '../messages/message.ts';
import { unstorableIn } from '../messages/storable.ts';
import type { Aggregate } from '../modelling/aggregate.ts';

/**
 * Checks what is about to be appended: a log never forgets, so that an event which its schema does not have would be there
 * for ever, for every fold to stumble over.
 * @throws InvalidDecision that names the event and what is wrong with which field
 */
export function checkEvents({ name, events }: Pick<Aggregate, 'name' | 'events'>, messages: readonly Message[]): void {
  for (const message of messages) {
    const issues = [...issuesOfSchema(events, message), ...unstorableIn(message.data)];
    if (issues.length === 0) continue;
    const said = issues.slice(0, 5).map(({ path, message: what }) => `${path === '' ? 'data' : path}: ${what}`);
    throw new InvalidDecision(`${name} decided on ${message.type} that can not be stored: ${said.join('; ')}`);
  }
}

function issuesOfSchema(events: Aggregate['events'], message: Message) {
  if (isCommandRecord(message)) return [];
  const { error } = events.safeParse({ type: message.type, data: message.data });
  return (error?.issues ?? []).map(({ path, message: what }) => ({ path: path.join('.'), message: what }));
}
