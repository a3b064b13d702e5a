import { randomUUID } from 'node:crypto';
import { deadlineRows, type Message, type Reply, silent } from '@daybook/core';
import { expireUnsignedContract, loanApplications, loans } from '@daybook/loans';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { copySchema, eventually } from '@daybook/test-support';
import { daybook, expectFoldOfTheLog } from './read-models.ts';
import { loanApplication, startTestSystem, type TestSystem } from './system.ts';

// The whole system goes on while one of its stores is put back to an earlier point, as docs/guides/operating.md says how.

let system: TestSystem;
let bus: Awaited<ReturnType<typeof connectRabbitmq>>;

beforeAll(async () => {
  system = await startTestSystem();
  bus = await connectRabbitmq({ url: system.rabbitmqUrl, contexts: [loans], log: silent });
}, 180_000);

afterAll(async () => {
  await bus?.close();
  await system?.stop();
}, 60_000);

const send = (
  type: string,
  loan_application_uuid: string,
  { commandId = randomUUID(), ...more } = {},
): Promise<Reply> => {
  const data = type === 'RequestLoan' ? { amount: 1000, duration: 6 } : more;
  const command: Message = { type, data: { loan_application_uuid, ...data } };
  return bus.request({ context: 'loans', commandId, command, actor: 'applicant' }, { timeoutMs: 20_000 });
};

const reaches = (id: string, status: string) =>
  eventually(`${id} is ${status}`, async () => (await loanApplication(system, id))?.status === status, 60_000);

async function submit(): Promise<string> {
  const id = randomUUID();
  await send('RequestLoan', id);
  await send('SubmitLoanRequest', id);
  await reaches(id, 'pending_review');
  return id;
}

const deadlines = async () => {
  const rows = connectPostgresReadStore({ url: system.postgresUrl, log: silent });
  try {
    const { rows: found } = await rows.list(deadlineRows(expireUnsignedContract, {}), { filters: {}, limit: 100 });
    return found.map(({ entity_id }) => entity_id);
  } finally {
    await rows.close();
  }
};

test('the read store: what is missing comes back by itself, deadlines too', async () => {
  const id = await submit();
  const copy = await copySchema(system.postgresUrl, 'read_models');
  await send('ApproveLoan', id);
  await reaches(id, 'pending_signature');
  const late = await submit();
  expect(await deadlines()).toEqual([id]);
  await copy.putBack({ cut: true });
  await reaches(late, 'pending_review');
  await reaches(id, 'pending_signature');
  await eventually('the deadline', async () => (await deadlines()).includes(id));
  await expectFoldOfTheLog(system, loanApplications);
}, 120_000);

test('the event store: groups stop until the rows are repaired, and commands are decided on what there is', async () => {
  const id = await submit();
  const copy = await copySchema(system.postgresUrl, 'event_store');
  const commandId = randomUUID();
  expect(await send('ApproveLoan', id, { commandId })).toMatchObject({ status: 'accepted' });
  await reaches(id, 'pending_signature');
  const lost = await submit();
  await eventually('the deadline', async () => (await deadlines()).includes(id));
  await copy.putBack({ cut: true });

  // A repeat of a lost command is decided again; what has not happened can happen otherwise.
  expect(await send('DenyLoan', id)).toMatchObject({ status: 'accepted' });
  expect(await send('ApproveLoan', id, { commandId })).toMatchObject({ status: 'rejected' });
  expect(await send('RequestLoan', lost)).toMatchObject({ status: 'accepted' });
  const others = [];
  for (let n = 0; n < 20; n++) others.push(send('RequestLoan', randomUUID()));
  for (const reply of await Promise.all(others)) expect(reply).toMatchObject({ status: 'accepted' });

  const saysSo = (service: string, name: string) =>
    eventually(`the ${service} says so`, async () => {
      const { readyUrl = '' } = system.services.find((one) => one.name === service) ?? {};
      const { failed } = (await (await fetch(readyUrl)).json()) as { failed?: Record<string, string> };
      const remedy = `'daybook projections repair loans/${name}'`;
      return Object.values(failed ?? {}).some((said) => said.includes(remedy));
    });
  await saysSo('projector', 'loan_applications');
  await saysSo('process-manager', 'ExpireUnsignedContract');

  for (const { name } of [...loans.projections, ...loans.deadlines]) {
    expect(await daybook(system, 'projections', 'repair', `loans/${name}`)).toMatch(
      /entities compared with the log, \d+ folded again/,
    );
  }
  await reaches(id, 'denied');
  await reaches(lost, 'pending_submission');
  await eventually('the deadline is gone', async () => !(await deadlines()).includes(id));
  const after = await submit();
  await reaches(after, 'pending_review');
  await eventually('all rows', async () => {
    await expectFoldOfTheLog(system, loanApplications);
    return true;
  });
  await Promise.all(system.services.map((service) => service.ready()));
  expect(await daybook(system, 'projections', 'repair', 'loans/loan_applications', '--plan')).toMatch(
    / 0 differ; nothing was done/,
  );
  expect(await daybook(system, 'parked', 'list')).toMatch(/nothing/);
}, 180_000);
