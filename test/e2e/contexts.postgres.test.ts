import { randomUUID } from 'node:crypto';
import { accountBalances, accountStatements, accounts } from '@daybook/accounts';
import { type Client, connectClient } from '@daybook/client';
import type { BoundedContext, CommandOf, Message } from '@daybook/core';
import { meetups, meetupsByAccount, meetupsList } from '@daybook/meetups';
import { eventually } from '@daybook/test-support';
import { startTestSystem, type TestSystem } from './system.ts';

// The services know nothing of these contexts but their line in the list of contexts.

let system: TestSystem;
let bank: Client<CommandOf<typeof accounts>>;
let club: Client<CommandOf<typeof meetups>>;

beforeAll(async () => {
  system = await startTestSystem();
  const { rabbitmqUrl, queryUrl } = system;
  const connect = <Command extends Message>(context: BoundedContext<Command>) =>
    connectClient({ context, rabbitmqUrl, queryUrl });
  [bank, club] = await Promise.all([connect(accounts), connect(meetups)]);
}, 180_000);

afterAll(async () => {
  await bank?.close();
  await club?.close();
  await system?.stop();
}, 60_000);

test('an account: +20, +100, -40, +5, and a statement that says so', async () => {
  const account_uuid = randomUUID();
  const transfer = (amount: number) => bank.send({ type: 'RecordTransfer', data: { account_uuid, amount } });
  const rejected = (code: string) => ({ status: 'rejected', error: { code } });

  expect(await transfer(20)).toMatchObject(rejected('account_not_found'));
  const open = { type: 'OpenAccount', data: { account_uuid } } as const;
  expect(await bank.send(open)).toMatchObject({ status: 'accepted', stream: `accounts-Account-${account_uuid}` });
  expect(await bank.send(open)).toMatchObject(rejected('account_already_open'));
  for (const amount of [20, 100, -40, 5]) expect(await transfer(amount)).toMatchObject({ status: 'accepted' });
  expect(await transfer(-86)).toMatchObject(rejected('insufficient_balance'));

  await eventually('the balance is 85', async () => (await bank.get(accountBalances, account_uuid))?.balance === 85);
  const statement = await eventually('the statement has four entries', async () => {
    const { items } = await bank.list(accountStatements, { of: account_uuid });
    return items.length === 4 && items;
  });
  expect(statement.map(({ number, amount, balance }) => [number, amount, balance])).toEqual([
    [1, 20, 20],
    [2, 100, 120],
    [3, -40, 80],
    [4, 5, 85],
  ]);

  const first = await bank.list(accountStatements, { of: account_uuid, limit: 3 });
  const { next: cursor = '' } = first;
  const second = await bank.list(accountStatements, { of: account_uuid, limit: 3, cursor });
  expect([...first.items, ...second.items]).toEqual(statement);
  expect(second.next).toBeUndefined();
  expect((await bank.list(accountStatements, { of: randomUUID() })).items).toEqual([]);
});

test('meetups: created, moved, attended, renamed, left, cancelled', async () => {
  const [uuid, ada, ben] = [randomUUID(), randomUUID(), randomUUID()];
  const date = '2026-05-01T18:00:00.000Z';
  const attend = (account_uuid: string, name: string) =>
    club.send({ type: 'AddAttendee', data: { uuid, account_uuid, name, email: `${name}@example.org` } });
  const attendedBy = async (account_uuid: string) =>
    (await club.list(meetupsByAccount, { filters: { account_uuid } })).items;

  expect(await attend(ada, 'ada')).toMatchObject({ status: 'rejected', error: { code: 'meetup_not_found' } });
  for (const reply of [
    await club.send({ type: 'CreateMeetup', data: { uuid, title: 'CQRS', date, host: 'Cleo' } }),
    await club.send({ type: 'ChangeMeetupLocation', data: { uuid, name: 'Town hall', address: '1 Main Street' } }),
    await attend(ada, 'ada'),
    await attend(ben, 'ben'),
    await club.send({ type: 'UpdateMeetupTitle', data: { uuid, title: 'CQRS and ES' } }),
    await club.send({ type: 'RemoveAttendee', data: { uuid, account_uuid: ben } }),
  ]) {
    expect(reply).toMatchObject({ status: 'accepted' });
  }
  expect(await attend(ada, 'ada')).toMatchObject({ status: 'rejected', error: { code: 'attendee_already_added' } });

  const meetup = await eventually('the list has it, with one attendee', async () => {
    const row = await club.get(meetupsList, uuid);
    return row?.attendees === 1 && row.title === 'CQRS and ES' && row;
  });
  const where = { location_name: 'Town hall', location_address: '1 Main Street' };
  expect(meetup).toEqual({ uuid, title: 'CQRS and ES', date, ...where, attendees: 1, status: 'scheduled' });

  const attendance = { meetup_uuid: uuid, account_uuid: ada, title: 'CQRS and ES', date, status: 'scheduled' };
  await eventually('ben has left', async () => (await club.list(meetupsByAccount, { of: uuid })).items.length === 1);
  expect(await attendedBy(ada)).toEqual([attendance]);
  expect(await attendedBy(ben)).toEqual([]);

  expect(await club.send({ type: 'CancelMeetup', data: { uuid } })).toMatchObject({ status: 'accepted' });
  expect(await attend(ben, 'ben')).toMatchObject({ status: 'rejected', error: { code: 'meetup_already_cancelled' } });
  await eventually('ada sees it cancelled', async () => (await attendedBy(ada))[0]?.status === 'cancelled');
});
