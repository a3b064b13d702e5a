import { deepStrictEqual } from 'node:assert/strict';
import { type Aggregate, type CommandMetadata, type Decision, isRejection, type Message } from '@daybook/core';

const metadata: CommandMetadata = {
  commandId: 'command-1',
  correlationId: 'command-1',
  causationId: 'command-1',
  actor: undefined,
  traceparent: undefined,
  at: '2026-01-01T00:00:00.000Z',
};

/** A history, waiting for a command. */
export interface Given<C extends Message, E extends Message> {
  when(command: C): {
    /** @throws AssertionError when other events, or a rejection, came of it */
    then(...events: E[]): void;
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
 */
export function given<State, C extends Message, E extends Message>(
  { commands, events, decider }: Aggregate<State, C, E>,
  ...history: E[]
): Given<C, E> {
  const state = history
    .map((event) => events.parse(event) as E)
    .reduce((before, event) => decider.evolve(before, event), decider.initial);
  return {
    when(command) {
      const decision: Decision<E> = decider.decide(commands.parse(command) as C, state, metadata);
      const said = isRejection(decision) ? { rejected: decision.code } : decision.map((event) => events.parse(event));
      return {
        // biome-ignore lint/suspicious/noThenProperty: the word of given/when/then; nothing here is awaited
        then: (...expected) => deepStrictEqual(said, expected),
        thenRejected: (code) => deepStrictEqual(said, { rejected: code }),
      };
    },
  };
}
