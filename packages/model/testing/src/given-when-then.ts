import { deepStrictEqual } from 'node:assert/strict';
import { type Aggregate, type CommandMetadata, type Decision, isRejection, type Message, ownOf } from '@daybook/core';

const COMMAND = {
  commandId: 'command-1',
  correlationId: 'command-1',
  causationId: 'command-1',
  traceparent: undefined,
} satisfies Partial<CommandMetadata>;

/** What comes with a command, beside its data. */
export interface Asked {
  /** When it is decided, RFC 3339; `2026-01-01T00:00:00.000Z` when left out. */
  readonly at?: string;
  /** Who asks; nobody when left out. */
  readonly actor?: string;
}

/** As much of an event as a test cares for: its type, and some of its fields. */
export type PartOf<E extends Message> = E extends Message
  ? { readonly type: E['type']; readonly data?: Partial<E['data']> }
  : never;

/** A history, waiting for a command. */
export interface Given<C extends Message, E extends Message> {
  when(
    command: C,
    asked?: Asked,
  ): {
    /** None: it is accepted, and there was nothing to do. @throws AssertionError when other events, or a rejection, came of it */
    then(...events: E[]): void;
    /** The same, of each event only the fields that are given. */
    thenMatching(...events: PartOf<E>[]): void;
    /** @throws AssertionError when it was not refused with this code */
    thenRejected(code: string): void;
  };
}

/**
 * `given(events).when(command).then(events)`: what an aggregate decides after a history.
 * Commands and events go through their schemas, so that a test can't use what the wire would not carry.
 * @throws ZodError for a command or an event that its schema refuses
 * @example
 * const issued = { type: 'LoanContractIssued', data } as const;
 * given(loanContract).when({ type: 'IssueLoanContract', data }).then(issued);
 * given(loanContract, issued).when({ type: 'IssueLoanContract', data }).thenRejected('loan_contract_already_issued');
 * given(loanContract, issued).when(sign, { at: '2026-03-01T12:00:00.000Z' }).thenMatching({ type: 'ContractSigned' });
 */
export function given<State, C extends Message, E extends Message>(
  { commands, events, decider }: Aggregate<State, C, E>,
  ...history: E[]
): Given<C, E> {
  const state = history
    .map((event) => events.parse(event) as E)
    .reduce((before, event) => decider.evolve(before, event), decider.initial);
  return {
    when(command, { at = '2026-01-01T00:00:00.000Z', actor } = {}) {
      const metadata = { ...COMMAND, actor, at };
      const decision: Decision<E> = decider.decide(commands.parse(command) as C, state, metadata);
      const said = isRejection(decision) ? { rejected: decision.code } : decision.map((event) => events.parse(event));
      return {
        // biome-ignore lint/suspicious/noThenProperty: the word of given/when/then; nothing here is awaited
        then: (...expected) => deepStrictEqual(said, expected),
        thenMatching: (...expected) => deepStrictEqual(partsOf(said, expected), expected),
        thenRejected: (code) => deepStrictEqual(said, { rejected: code }),
      };
    },
  };
}

/** What was said, cut down to the fields that are expected; as it is where it can't be compared. */
function partsOf(said: unknown, expected: unknown): unknown {
  if (Array.isArray(said) && Array.isArray(expected))
    return said.map((one, index) => (index < expected.length ? partsOf(one, expected[index]) : one));
  if (!isObject(said) || !isObject(expected)) return said;
  const wanted = Object.entries(said).filter(([name]) => Object.hasOwn(expected, name));
  return Object.fromEntries(wanted.map(([name, value]) => [name, partsOf(value, ownOf(expected, name))]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
