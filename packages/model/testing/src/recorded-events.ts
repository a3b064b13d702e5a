import { eventIdOf, type Message, type RecordedEvent } from '@daybook/core';

/**
 * Events as a store would hold them: each stream numbered from 0, one minute apart, each of a command of its own.
 * @example
 * const history = recordedEvents(['loans-LoanRequest-1', requested], ['loans-CreditCheck-1', checked]);
 */
export function recordedEvents(...events: readonly (readonly [streamId: string, event: Message])[]): RecordedEvent[] {
  const revisions = new Map<string, number>();
  return events.map(([streamId, event], index) => {
    const revision = (revisions.get(streamId) ?? -1) + 1;
    revisions.set(streamId, revision);
    const command_id = `command-${index}`;
    const recorded_at = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
    return {
      ...event,
      id: eventIdOf(command_id, 0),
      streamId,
      revision,
      position: index + 1,
      metadata: { command_id, causation_id: command_id, correlation_id: command_id, schema_version: 1, recorded_at },
    };
  });
}
