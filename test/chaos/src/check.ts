import {
  causeOf,
  dueCommandIdOf,
  type EventStore,
  foldRows,
  followUps,
  type Outcomes,
  parseStreamId,
  type RecordedEvent,
  recordOutcome,
} from '@daybook/core';
import { expireUnsignedContract, loanApplications, loans } from '@daybook/loans';
import type { Ledger } from './ledger.ts';

/** What the check stands on: the log, the parked commands and the query API. No service's word. */
export interface Evidence {
  readonly feed: readonly RecordedEvent[];
  readonly parked: ReadonlySet<string>;
  readonly queryUrl: string;
}

/** The whole feed of a context. */
export async function readFeed(store: EventStore, context: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readFeed(context, events.at(-1)?.position ?? 0, 1000);
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** @returns what is wrong, in words; nothing when every guarantee held */
export async function check(ledger: Ledger, { feed, parked, queryUrl }: Evidence): Promise<string[]> {
  const wrong: string[] = [];
  const outcomes: Outcomes = new Map();
  const streamsOf = new Map<string, Set<string>>();
  const last = new Map<string, RecordedEvent>();
  const ended = new Set<string>();
  for (const event of feed) {
    const before = last.get(event.streamId);
    const command = event.metadata.command_id;
    if (event.revision !== (before?.revision ?? -1) + 1)
      wrong.push(`${event.streamId}: ${event.revision} after ${before?.revision}`);
    if (before !== undefined && before.metadata.command_id !== command)
      ended.add(`${event.streamId} ${before.metadata.command_id}`);
    if (ended.has(`${event.streamId} ${command}`)) wrong.push(`${command} took effect twice on ${event.streamId}`);
    last.set(event.streamId, event);
    streamsOf.set(command, (streamsOf.get(command) ?? new Set()).add(event.streamId));
    recordOutcome(outcomes, event);
  }
  for (const [command, streams] of streamsOf)
    if (streams.size > 1) wrong.push(`${command} took effect on ${[...streams].join(' and ')}`);

  const caused = feed.flatMap((event) =>
    loans.processManagers.flatMap((manager) => followUps('loans', manager, event)),
  );
  for (const { commandId, command } of caused) {
    if (!outcomes.has(commandId)) wrong.push(`the follow-up ${command.type} ${commandId} has no outcome`);
  }
  const expiries = feed.flatMap((event) => (event.type === 'LoanContractIssued' ? [expiryOf(event)] : []));
  const known = new Set([...ledger.commands.keys(), ...caused.map(({ commandId }) => commandId), ...expiries]);
  for (const command of streamsOf.keys()) if (!known.has(command)) wrong.push(`nobody published ${command}`);

  for (const { commandId, type, replies } of ledger.confirmed) {
    const outcome = outcomes.get(commandId);
    if (outcome === undefined && !parked.has(commandId)) wrong.push(`${type} ${commandId} was confirmed, and is lost`);
    for (const reply of replies) {
      const same = 'stream' in reply ? JSON.stringify(reply) === JSON.stringify(outcome) : parked.has(commandId);
      if (!same)
        wrong.push(`${type} ${commandId} was answered ${JSON.stringify(reply)}, and is ${JSON.stringify(outcome)}`);
    }
  }
  wrong.push(...wrongContracts(feed));
  wrong.push(
    ...(await wrongRows(feed, queryUrl).catch((error: Error) => [`rows can't be compared: ${error.message}`])),
  );
  return wrong;
}

/** The id of the command that rejects a contract, issued by this event, for which nobody signed. */
function expiryOf(issued: RecordedEvent): string {
  return dueCommandIdOf(causeOf(issued), expireUnsignedContract.name, 'RejectContract');
}

/** A contract that nobody answered was rejected when its time had come, and no other was. */
function wrongContracts(feed: readonly RecordedEvent[]): string[] {
  const wrong: string[] = [];
  const answered = new Map<string, RecordedEvent[]>();
  for (const event of feed) {
    if (event.type !== 'ContractSigned' && event.type !== 'ContractRejected') continue;
    answered.set(event.streamId, [...(answered.get(event.streamId) ?? []), event]);
  }
  for (const issued of feed.filter(({ type }) => type === 'LoanContractIssued')) {
    const answers = answered.get(issued.streamId) ?? [];
    if (answers.length !== 1) wrong.push(`${issued.streamId} has ${answers.length} answers`);
    for (const { type, data, metadata } of answers) {
      const expired = type === 'ContractRejected' && (data as { reason?: string }).reason === 'expired';
      if (expired !== (metadata.command_id === expiryOf(issued)))
        wrong.push(`${issued.streamId}: ${type} by ${metadata.command_id}`);
    }
  }
  return wrong;
}

/** Every row of the query API against the fold of the log. */
async function wrongRows(feed: readonly RecordedEvent[], queryUrl: string): Promise<string[]> {
  const rows = foldRows(loanApplications, feed);
  const wrong: string[] = [];
  for (const id of new Set(feed.map(({ streamId }) => parseStreamId(streamId).entityId))) {
    const expected = rows.get(id)?.[0];
    const answer = await fetch(`${queryUrl}/loans/loan-applications/${id}`);
    const actual = answer.status === 200 ? await answer.json() : undefined;
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      wrong.push(`row ${id} is ${JSON.stringify(actual)}, and the log says ${JSON.stringify(expected)}`);
    }
  }
  return wrong;
}
