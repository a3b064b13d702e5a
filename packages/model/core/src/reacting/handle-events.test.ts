import { InMemoryEventStore } from '@daybook/in-memory';
import { systemClock } from '../concurrency/system-clock.ts';
import type { CommandRejected } from '../messages/event.ts';
import { Unavailable } from '../messages/fault.ts';
import { eventIdOf } from '../messages/ids.ts';
import { eventHandler } from '../modelling/event-handler.ts';
import type { Mail } from '../modelling/mail.ts';
import { fold } from '../modelling/projection.ts';
import type { EventStore } from '../ports/event-store.ts';
import { effectStreamOf } from './effect-records.ts';
import { handleEvents } from './handle-events.ts';

type Asked = { type: 'Asked'; data: { by: string } };
type Answered = { type: 'Answered'; data: { with: string } };

const tellAsker = eventHandler({
  name: 'TellAsker',
  reactsTo: ['Answered'] as const,
  folds: { Question: fold<string, Asked>({ initial: '', evolve: (_part, { data }) => data.by }) },
  mail: (event, { Question }): Mail | undefined => {
    const { data } = event as { data: Answered['data'] };
    return data.with === '' ? undefined : { to: Question, subject: 'answered', text: data.with };
  },
});

let store: InMemoryEventStore;
let sent: { id: string; mail: Mail }[];
let mailer: { send(id: string, mail: Mail): Promise<void>; ping(): Promise<void>; close(): Promise<void> };
const nothing = async () => {};
const { signal } = new AbortController();

beforeEach(async () => {
  store = new InMemoryEventStore();
  sent = [];
  mailer = { send: async (id, mail) => void sent.push({ id, mail }), ping: nothing, close: nothing };
  await append('Question', 0, { type: 'Asked', data: { by: 'ann' } });
  await append('Answer', 0, { type: 'Answered', data: { with: 'yes' } });
});

async function append(aggregate: string, revision: number, message: Asked | Answered | CommandRejected) {
  const command_id = `${aggregate}-${revision}`;
  const metadata = { command_id, causation_id: 'x', correlation_id: 'talk', schema_version: 1, recorded_at: '' };
  const at = revision === 0 ? 'no-stream' : revision - 1;
  await store.append(`talk-${aggregate}-1`, at, [{ id: eventIdOf(command_id, 0), ...message, metadata }]);
}

const deliver = async (through: EventStore = store) =>
  handleEvents(tellAsker, await store.readFeed('talk', 0, 100), { store: through, mailer, clock: systemClock, signal });
const records = async () => store.read(effectStreamOf(tellAsker, 'talk-Answer-1'), 0, 100);

test('a mail is written from the event and what is known of the entity, and recorded without its content', async () => {
  await deliver();
  expect(sent.map(({ mail }) => mail)).toEqual([{ to: 'ann', subject: 'answered', text: 'yes' }]);
  const [record] = await records();
  expect(record).toMatchObject({ type: 'MailSent', id: sent[0]?.id, metadata: { correlation_id: 'talk' } });
  expect(JSON.stringify(record)).not.toContain('ann');
});

test('events delivered again send nothing again', async () => {
  await deliver();
  await deliver();
  await append('Answer', 1, { type: 'Answered', data: { with: 'no' } });
  await deliver();
  expect(sent.map(({ mail }) => mail.text)).toEqual(['yes', 'no']);
  expect(await records()).toHaveLength(2);
});

test('a crash between the mail and its record sends it again, with the same id', async () => {
  const append = () => Promise.reject(new Unavailable('the event store', 'gone'));
  const broken: Partial<EventStore> = { read: store.read.bind(store), append };
  await expect(deliver(broken as EventStore)).rejects.toThrow('not available');
  await deliver();
  expect(sent).toHaveLength(2);
  expect(sent[0]).toEqual(sent[1]);
});

test('a mail that the server refuses is not recorded', async () => {
  mailer.send = () => Promise.reject(new Error('no such mailbox'));
  await expect(deliver()).rejects.toThrow('no such mailbox');
  expect(await records()).toEqual([]);
});

test('another consumer that records meanwhile is no obstacle', async () => {
  mailer.send = async (id, mail) => {
    sent.push({ id, mail });
    if (sent.length === 1) await deliver();
  };
  await deliver();
  expect(sent).toHaveLength(2);
  expect(await records()).toHaveLength(1);
});

test('an event that is no reason for a mail sends none', async () => {
  await append('Answer', 1, { type: 'Answered', data: { with: '' } });
  await deliver();
  expect(sent).toHaveLength(1);
});

test('who says so sends a mail about a refused command; the folds do not see it', async () => {
  const refused = { command: 'Answer', data: {}, code: 'closed', message: 'it is closed' };
  await append('Question', 1, { type: 'CommandRejected', data: refused });
  const tellRefused = eventHandler<CommandRejected, typeof tellAsker.folds>({
    name: 'TellRefused',
    reactsTo: ['CommandRejected'],
    folds: tellAsker.folds,
    mail: ({ data }, { Question }) => ({ to: String(Question), subject: data.code, text: data.message }),
  });
  const events = await store.readFeed('talk', 0, 100);
  await handleEvents(tellRefused, events, { store, mailer, clock: systemClock, signal });
  expect(sent.map(({ mail }) => mail)).toEqual([{ to: 'ann', subject: 'closed', text: 'it is closed' }]);
});
