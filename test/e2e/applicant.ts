import { randomUUID } from 'node:crypto';
import { eventually } from '@daybook/test-support';
import type { PlainClient } from './plain-amqp.ts';
import { loanApplication, type TestSystem } from './system.ts';

/** Brings loans to where a test wants them. */
export class Applicant {
  readonly #system: TestSystem;
  readonly #client: PlainClient;

  constructor(system: TestSystem, client: PlainClient) {
    this.#system = system;
    this.#client = client;
  }

  request(id: string, amount = 1000, duration = 6) {
    return this.send('RequestLoan', id, { amount, duration });
  }

  send(type: string, id: string, more: object = {}) {
    return this.#client.send(type, { loan_application_uuid: id, ...more });
  }

  /** Waits until the loan's row has the status. */
  async reaches(id: string, status: string): Promise<void> {
    await eventually(`${id} is ${status}`, async () => (await loanApplication(this.#system, id))?.status === status);
  }

  /** Brings a loan to a status by the commands that people send. */
  async loanThatIs(status: string): Promise<string> {
    const id = randomUUID();
    const steps: [status: string, command: () => Promise<unknown>][] = [
      ['pending_submission', () => this.request(id)],
      ['pending_review', () => this.send('SubmitLoanRequest', id)],
      ['pending_signature', () => this.send('ApproveLoan', id)],
    ];
    const last: Record<string, [from: number, command: string]> = {
      denied: [2, 'DenyLoan'],
      signed: [3, 'SignContract'],
      rejected: [3, 'RejectContract'],
    };
    const [count, ending] = last[status] ?? [steps.findIndex(([reached]) => reached === status) + 1, undefined];
    for (const [reached, command] of steps.slice(0, count)) {
      await command();
      await this.reaches(id, reached);
    }
    if (ending !== undefined) {
      await this.send(ending, id);
      await this.reaches(id, status);
    }
    return id;
  }
}
