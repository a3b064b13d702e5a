import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { silent } from '@daybook/core';
import { loans } from '@daybook/loans';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { loanApplication, type TestSystem } from './system.ts';

/** The statuses in the order in which a loan of this load reaches them. */
const ORDER = ['pending_submission', 'submitted', 'pending_review'];
const BEAT_MS = 50;

/** What became of the load. */
export interface LoadReport {
  readonly commands: number;
  readonly seconds: number;
  readonly reads: number;
  /** What should not have happened: answers other than accepted, requests that failed, rows that went back. */
  readonly wrong: readonly string[];
}

/**
 * Requests and submits loans at a steady rate, over RabbitMQ, and reads the latest of them over and over: a row that was
 * seen must be there ever after, and never be at an earlier status than it was seen at.
 * @returns ends the load
 */
export async function startSteadyLoad(system: TestSystem, perSecond: number): Promise<() => Promise<LoadReport>> {
  const bus = await connectRabbitmq({ url: system.rabbitmqUrl, contexts: [loans], log: silent });
  const stopping = new AbortController();
  const wrong: string[] = [];
  const sent = new Set<Promise<void>>();
  const seen = new Map<string, number>();
  const started = Date.now();
  let commands = 0;
  let reads = 0;

  async function send(type: string, id: string, more: object = {}): Promise<void> {
    commands++;
    const command = { type, data: { loan_application_uuid: id, ...more } };
    try {
      const reply = await bus.request({ context: 'loans', commandId: randomUUID(), command }, { timeoutMs: 30_000 });
      if (reply.status !== 'accepted') wrong.push(`${type}: ${JSON.stringify(reply)}`);
    } catch (error) {
      wrong.push(`${type}: ${String(error)}`);
    }
  }

  async function oneLoan(): Promise<void> {
    const id = randomUUID();
    await send('RequestLoan', id, { amount: 1000, duration: 6 });
    seen.set(id, -1);
    await send('SubmitLoanRequest', id);
  }

  async function sendSteadily(): Promise<void> {
    const perMs = perSecond / 2 / 1000;
    for (let begun = 0; !stopping.signal.aborted; ) {
      for (const due = (Date.now() - started) * perMs; begun < due; begun++) {
        const loan = oneLoan().finally(() => sent.delete(loan));
        sent.add(loan);
      }
      await sleep(BEAT_MS);
    }
  }

  async function readAgain(id: string): Promise<void> {
    reads++;
    const before = seen.get(id) ?? -1;
    try {
      const row = await loanApplication(system, id);
      const now = row === undefined ? -1 : ORDER.indexOf(String(row.status));
      if (now < before)
        wrong.push(`${id} was ${ORDER[before]}, then ${row === undefined ? 'gone' : String(row.status)}`);
      seen.set(id, Math.max(now, seen.get(id) ?? -1));
    } catch (error) {
      wrong.push(String(error));
    }
  }

  /** The latest loans change, the first are what would be missing. */
  async function readSteadily(): Promise<void> {
    while (!stopping.signal.aborted) {
      const ids = [...seen.keys()];
      for (const id of [...ids.slice(0, 5), ...ids.slice(-15)]) await readAgain(id);
      await sleep(5);
    }
  }

  const running = Promise.all([sendSteadily(), readSteadily(), readSteadily()]);
  return async () => {
    const seconds = (Date.now() - started) / 1000;
    stopping.abort();
    await running;
    await Promise.all(sent);
    await bus.close();
    return { commands, seconds, reads, wrong };
  };
}
