import { dueCommandIdOf } from '@daybook/core';
import { expireUnsignedContract } from '@daybook/loans';
import type { Random } from '@daybook/test-support';
import { Client } from './client.ts';
import { NEVER_MS, type World } from './world.ts';

const REVIEWED = ['approved', 'denied', 'pending_signature', 'signed', 'rejected'];
const AFTER_ISSUE = ['pending_review', ...REVIEWED];
const ANSWERED = ['signed', 'rejected'];
const AFTER_CONTRACT = ['pending_signature', ...ANSWERED];

/** The id of the n-th loan of a run. */
function loanId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** One loan from the request to the contract, which is signed or expires, and nothing else. */
export async function plainLoan(world: World, { signed }: { signed: boolean }): Promise<void> {
  const loan_application_uuid = loanId(1);
  const client = new Client(world, 'client');
  await client.ask('RequestLoan', { loan_application_uuid, amount: 1000, duration: 12 });
  await client.ask('SubmitLoanRequest', { loan_application_uuid });
  await client.until(loan_application_uuid, AFTER_ISSUE);
  await client.ask('ApproveLoan', { loan_application_uuid });
  await client.until(loan_application_uuid, AFTER_CONTRACT);
  if (signed) await client.ask('SignContract', { loan_application_uuid });
  else await client.until(loan_application_uuid, ANSWERED);
}

/** What the clients of a run do: loans, with all that people and networks add to them. @returns when all are done */
export function startWorkload(world: World, loans: number): Promise<unknown> {
  const people = world.random.fork();
  const signer = people.fork();
  const walks = Array.from({ length: loans }, (_, n) => oneLoan(world, people.fork(), n + 1));
  if (people.chance(0.35)) walks.push(oneAccount(world, people.fork()));
  if (world.signatureMs < NEVER_MS) walks.push(oneContract(world, signer, loans + 1));
  return Promise.all(walks);
}

/** An account that two people use at once, one of them before it may be open. */
async function oneAccount(world: World, random: Random): Promise<void> {
  const account_uuid = '00000000-0000-4000-9000-000000000001';
  const transfers = async (client: Client) => {
    for (let count = random.between(1, 4); count > 0; count--) {
      await client.pause(random.below(60));
      await client.ask('RecordTransfer', { account_uuid, amount: random.pick([20, 100, -40, 5]) });
    }
  };
  const owner = new Client(world, 'owner');
  await Promise.all([
    owner.ask('OpenAccount', { account_uuid }).then(() => transfers(owner)),
    transfers(new Client(world, 'payer')),
  ]);
}

/** A contract from the start, so that it falls due while things go wrong; now and then signed at about that time. */
async function oneContract(world: World, random: Random, n: number): Promise<void> {
  const data = { loan_application_uuid: loanId(n) };
  const client = new Client(world, `signer-${n}`);
  await client.ask('IssueLoanContract', data);
  if (random.chance(0.3)) await impersonateDeadline(world, new Client(world, `impostor-${n}`), data);
  if (random.chance(0.7)) return;
  await client.pause(random.below(300));
  await client.ask('SignContract', data);
}

/**
 * Knows every id that is shown to anybody, and how ids are derived: has another command answered under the id that the
 * deadline's would have, if it followed from those alone.
 */
async function impersonateDeadline(
  world: World,
  impostor: Client,
  data: { loan_application_uuid: string },
): Promise<void> {
  const stream = world.log.streams.get(`loans-LoanContract-${data.loan_application_uuid}`) ?? [];
  const issued = stream.find(({ type }) => type === 'LoanContractIssued');
  if (issued === undefined) return;
  const because = { event_id: issued.id, follow_up_secret: '' };
  const commandId = dueCommandIdOf(because, expireUnsignedContract.name, 'RejectContract');
  await impostor.send({ ...impostor.command('IssueLoanContract', data), commandId });
}

async function oneLoan(world: World, random: Random, n: number): Promise<void> {
  const data = { loan_application_uuid: loanId(n) };
  const loan = data.loan_application_uuid;
  const client = new Client(world, `client-${n}`);
  const rival = new Client(world, `rival-${n}`);
  const nuisances = startNuisances(world, new Client(world, `nuisance-${n}`), random.fork(), data);

  if (random.chance(0.2)) await client.ask('RequestLoan', { ...data, amount: 10, duration: 12 });
  await client.ask('RequestLoan', { ...data, amount: 1000 * n, duration: 12 });
  const submit = client.command('SubmitLoanRequest', data);
  await client.send(submit);
  if (random.chance(0.2)) await client.send(submit);
  await client.until(loan, AFTER_ISSUE);

  const decisions = [client.ask(random.pick(['ApproveLoan', 'ApproveLoan', 'DenyLoan']), data)];
  if (random.chance(0.3)) decisions.push(rival.ask(random.pick(['ApproveLoan', 'DenyLoan']), data));
  await Promise.all(decisions);
  if (!(await approved(world, client, loan))) return nuisances;

  if (world.signatureMs < NEVER_MS && random.chance(0.4)) {
    await client.until(loan, ANSWERED);
    return nuisances;
  }
  const answers = [client.ask(random.pick(['SignContract', 'RejectContract']), data)];
  if (random.chance(0.3)) answers.push(rival.ask('RejectContract', data));
  await Promise.all(answers);
  await nuisances;
}

/** Waits for the decision to show, and then for the contract. */
async function approved(world: World, client: Client, loan: string): Promise<boolean> {
  await client.until(loan, REVIEWED);
  const review = world.log.streams.get(`loans-LoanReview-${loan}`) ?? [];
  if (!review.some(({ type }) => type === 'LoanApproved')) return false;
  await client.until(loan, AFTER_CONTRACT);
  return true;
}

/** Commands too early, repeated, refused or not understood, while the loan goes its way. */
async function startNuisances(
  world: World,
  client: Client,
  random: Random,
  data: { loan_application_uuid: string },
): Promise<void> {
  for (let count = random.below(3); count > 0; count--) {
    await client.pause(random.below(300));
    const type = random.pick(['SubmitLoanRequest', 'ApproveLoan', 'SignContract', 'RequestLoan', 'NoSuchCommand']);
    const command = client.command(type, type === 'RequestLoan' ? { ...data, amount: 700, duration: 'long' } : data);
    if (random.chance(0.15)) world.cursed.add(command.commandId);
    if (random.chance(0.5)) {
      await client.tell(command);
      if (random.chance(0.5)) await client.tell(client.command(type, command.command.data));
    } else await client.send(command);
  }
}
