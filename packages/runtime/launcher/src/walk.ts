import { randomUUID } from 'node:crypto';
import type { Log } from '@daybook/local-servers';
import { type CommandReply, createLoansApi } from './http-api.ts';
import type { Endpoints } from './services.ts';

/** How long the read model may take to follow. */
const QUERY_DEADLINE_MS = 10_000;

export interface WalkResult {
  passed: number;
  failed: number;
}

/** A command and the status that the loan application then comes to. */
type Step = [command: string, status: string];

const SIGNED: Step[] = [
  ['RequestLoan', 'pending_submission'],
  // The process manager then asks for a review by itself.
  ['SubmitLoanRequest', 'pending_review'],
  // As it does for a contract.
  ['ApproveLoan', 'pending_signature'],
  ['SignContract', 'signed'],
];

const DENIED: Step[] = [
  ['RequestLoan', 'pending_submission'],
  ['SubmitLoanRequest', 'pending_review'],
  ['DenyLoan', 'denied'],
];

/** Walks one loan to `signed`, one to `denied` and has one refused, over HTTP; counts what was right and what was not. */
export async function walkLoans(
  endpoints: Endpoints,
  print: Log,
  queryDeadlineMs = QUERY_DEADLINE_MS,
): Promise<WalkResult> {
  const api = createLoansApi(endpoints, queryDeadlineMs);
  const result: WalkResult = { passed: 0, failed: 0 };

  function check(right: boolean, line: string, expected: string): void {
    if (right) result.passed += 1;
    else result.failed += 1;
    print(right ? line : `${line}\n      WRONG: expected ${expected}`);
  }

  async function attempt(what: string, step: () => Promise<void>): Promise<void> {
    await step().catch((err) =>
      check(false, `      ${what}: ${err instanceof Error ? err.message : err}`, 'an answer'),
    );
  }

  async function send(type: string, data: object, expected: number, code?: string): Promise<void> {
    print(`  ${type} ${JSON.stringify(data)}`);
    await attempt(type, async () => {
      const answer = await api.send(type, data);
      const { status, events, error } = answer.body as CommandReply;
      const told = events?.map((event) => event.type).join(', ') ?? (error && `${error.code}, ${error.message}`);
      const right = answer.status === expected && error?.code === code;
      // A refusal is a problem document, whose status is the HTTP status again.
      const word = typeof status === 'string' ? `${status}: ` : '';
      check(right, `    reply   ${answer.status} ${word}${told ?? JSON.stringify(answer.body)}`, `${expected}`);
    });
  }

  async function read(id: string, expected: string): Promise<void> {
    await attempt('query', async () => {
      const { status, body } = await api.readUntil(id, expected);
      check(body.status === expected, `    status  ${body.status ?? `none (HTTP ${status})`}`, expected);
    });
  }

  async function walk(title: string, steps: Step[]): Promise<void> {
    print(`\n${title}`);
    const loan_application_uuid = randomUUID();
    for (const [command, status] of steps) {
      const terms = command === 'RequestLoan' ? { amount: 1000, duration: 6 } : {};
      await send(command, { loan_application_uuid, ...terms }, 200);
      await read(loan_application_uuid, status);
    }
  }

  await walk('A loan that is signed', SIGNED);
  await walk('A loan that is denied', DENIED);
  print('\nA request that is refused');
  const tooLow = { loan_application_uuid: randomUUID(), amount: 499, duration: 6 };
  await send('RequestLoan', tooLow, 422, 'amount_is_too_low');
  return result;
}
