import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { foldRows, parseStreamId, type Reply, silent } from '@daybook/core';
import { loanApplications, loans as loansContext } from '@daybook/loans';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { eventually } from '@daybook/test-support';
import { loanApplication, type TestSystem } from './system.ts';

/** Long enough for a server to come back. */
const PATIENCE_MS = 90_000;

const endings = [
  {
    commands: ['ApproveLoan', 'SignContract'],
    status: 'signed',
    events: ['LoanApproved', 'LoanContractIssued', 'ContractSigned'],
  },
  {
    commands: ['ApproveLoan', 'RejectContract'],
    status: 'rejected',
    events: ['LoanApproved', 'LoanContractIssued', 'ContractRejected'],
  },
  { commands: ['DenyLoan'], status: 'denied', events: ['LoanDenied'] },
] as const;
type Ending = (typeof endings)[number];

/** What must come of each loan. */
export interface Loans {
  readonly expected: ReadonlyMap<string, Ending>;
  /** Resolves when every loan has been walked to its end. @throws when a command was answered with anything but accepted */
  readonly done: Promise<unknown>;
  /** How many loans are at their end. */
  finished(): number;
}

/**
 * Walks loans through their lives, all at once. Every command is published twice with the same id, and again until
 * its outcome is known.
 */
export async function startLoans(system: TestSystem, count: number): Promise<Loans> {
  const bus = await connectRabbitmq({ url: system.rabbitmqUrl, contexts: [loansContext], log: silent });
  const expected = new Map(
    Array.from({ length: count }, (_, n) => [randomUUID() as string, endings[n % endings.length] as Ending]),
  );
  let finished = 0;

  async function send(type: string, id: string, more: object = {}): Promise<void> {
    const message = {
      context: 'loans',
      commandId: randomUUID(),
      command: { type, data: { loan_application_uuid: id, ...more } },
    };
    const deadline = Date.now() + PATIENCE_MS;
    const insist = async (): Promise<Reply> => {
      for (;;) {
        try {
          return await bus.request(message, { timeoutMs: 5000 });
        } catch (error) {
          if (Date.now() > deadline) throw error;
          await sleep(50);
        }
      }
    };
    for (const reply of await Promise.all([insist(), insist()])) {
      if (reply.status !== 'accepted') throw new Error(`${type}: ${JSON.stringify(reply)}`);
    }
  }

  async function reaches(id: string, status: string): Promise<void> {
    await eventually(
      `${id} is ${status}`,
      async () => {
        const row = await loanApplication(system, id);
        if (row?.status !== status) await sleep(100);
        return row?.status === status;
      },
      PATIENCE_MS,
    );
  }

  async function walk(id: string, { commands, status }: Ending): Promise<void> {
    await send('RequestLoan', id, { amount: 1000, duration: 6 });
    await send('SubmitLoanRequest', id);
    await reaches(id, 'pending_review');
    const [decision, answer] = commands;
    await send(decision, id);
    if (answer !== undefined) {
      await reaches(id, 'pending_signature');
      await send(answer, id);
    }
    await reaches(id, status);
    finished++;
  }

  const done = Promise.all([...expected].map(([id, ending]) => walk(id, ending))).finally(() => bus.close());
  return { expected, done, finished: () => finished };
}

/** Each event once and in order, nothing refused, and every row equal to the fold of the log. */
export async function expectAllRight(system: TestSystem, { expected }: Loans): Promise<void> {
  const feed = await system.feed();
  const positions = feed.map(({ position }) => position);
  expect([...positions].sort((a, b) => a - b)).toEqual(positions);
  const byLoan = new Map<string, string[]>();
  for (const { streamId, type } of feed) {
    const { entityId } = parseStreamId(streamId);
    byLoan.set(entityId, [...(byLoan.get(entityId) ?? []), type]);
  }
  for (const [id, { events }] of expected) {
    expect(byLoan.get(id)).toEqual(['LoanRequested', 'LoanRequestSubmitted', 'LoanReviewIssued', ...events]);
  }
  const folded = foldRows(loanApplications, feed);
  for (const id of expected.keys()) expect(await loanApplication(system, id)).toEqual(folded.get(id)?.[0]);
}
