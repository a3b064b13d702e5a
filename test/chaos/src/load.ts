import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandBus, type Message, silent } from '@daybook/core';
import { loans } from '@daybook/loans';
import { connectRabbitmq } from '@daybook/rabbitmq';
import type { Random } from '@daybook/test-support';
import type { Ledger } from './ledger.ts';

const REQUEST_TIMEOUT_MS = 3000;
/** At most so many commands a second from each publisher: the faults are the test, not the speed. */
const PAUSE_MS = 8;

/** Publishers at work. */
export interface Load {
  /** Ends the publishers and waits for what they have under way. */
  stop(): Promise<void>;
}

/**
 * Some publishers, each with a connection of its own: new loans, all steps on a few contended ones, repeats, rubbish.
 * Every second one knows nothing of the contexts and so of partitions. Contended loans belong to one kind or the other:
 * between a command that is forwarded and one that is not there is no order.
 */
export async function startLoad(rabbitmqUrl: string, ledger: Ledger, random: Random, publishers = 4): Promise<Load> {
  const knowing = Array.from({ length: publishers }, (_, index) => index % 2 === 0);
  const open = (knows: boolean) => connectRabbitmq({ url: rabbitmqUrl, contexts: knows ? [loans] : [], log: silent });
  const buses = await Promise.all(knowing.map(open));
  const contended = [true, false].map(() => Array.from({ length: 6 }, () => randomUUID()));
  let stopping = false;
  const sent = new Set<Promise<void>>();

  async function publish(bus: CommandBus, index: number): Promise<void> {
    while (!stopping) {
      const command = nextCommand(random, contended[index % 2] as string[]);
      const commandId = randomUUID();
      const times = random.next() < 0.2 ? random.between(2, 3) : 1;
      for (let time = 0; time < times; time++) {
        const sending = send(bus, commandId, command, random.next() < 0.5).finally(() => sent.delete(sending));
        sent.add(sending);
      }
      await sleep(PAUSE_MS);
      while (sent.size > 500 && !stopping) await sleep(20);
    }
  }

  async function send(bus: CommandBus, commandId: string, command: Message, awaited: boolean): Promise<void> {
    const entry = ledger.offer(commandId, command.type);
    const message = { context: 'loans', commandId, command, actor: 'chaos' };
    try {
      if (awaited) entry.replies.push(await bus.request(message, { timeoutMs: REQUEST_TIMEOUT_MS }));
      else await bus.publish(message);
      entry.confirmed = true;
    } catch {
      // Not confirmed: it may take effect or not, and owes nobody anything.
    }
  }

  const publishing = buses.map(publish);
  return {
    async stop() {
      stopping = true;
      await Promise.all(publishing);
      await Promise.all(sent);
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
}

const steps = ['SubmitLoanRequest', 'ApproveLoan', 'DenyLoan', 'SignContract', 'RejectContract', 'IssueLoanReview'];

function nextCommand(random: Random, contended: string[]): Message {
  const kind = random.next();
  // A contended loan gets every command again and again; now and then a fresh one takes its place.
  const place = random.between(0, contended.length - 1);
  if (kind < 0.1) contended[place] = randomUUID();
  const loan_application_uuid = contended[place] as string;
  if (kind < 0.25) return request(loan_application_uuid, random);
  if (kind < 0.9) return { type: random.pick(steps), data: { loan_application_uuid } };
  if (kind < 0.95) return request(randomUUID(), random);
  return random.pick<Message>([
    { type: 'RequestMoney', data: {} },
    { type: 'RequestLoan', data: { loan_application_uuid: 'nobody', amount: 'much', duration: null } },
    { type: 'SubmitLoanRequest', data: [] },
  ]);
}

function request(loan_application_uuid: string, random: Random): Message {
  return {
    type: 'RequestLoan',
    data: { loan_application_uuid, amount: random.between(450, 2000), duration: random.between(2, 24) },
  };
}
