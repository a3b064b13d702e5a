import { randomUUID } from 'node:crypto';
import { memberQueueOf } from './member-proof.ts';
import { acceptAll, accepted, commandOf, eventually, TestBroker } from './test-broker.ts';
import { MEMBERS } from './topology.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll(), 30_000);
afterAll(() => broker.stop(), 60_000);

const names = () => `0000-${randomUUID()}`;

test.each([
  ['names that nobody has', async () => (name: string) => memberQueueOf(name, '1')],
  [
    'names with a queue that anybody can read',
    async () => {
      const channel = await (await broker.plain()).createChannel();
      return async (name: string) => (await channel.assertQueue(memberQueueOf(name, '1'), { autoDelete: true })).queue;
    },
  ],
  [
    'names with the queue of a member',
    async () => {
      const channel = await (await broker.plain()).createChannel();
      const { queue } = await channel.assertQueue(memberQueueOf('another', '1'), { exclusive: true });
      return () => queue;
    },
  ],
])(
  'while somebody announces %s, every command is answered',
  async (_what, prepare) => {
    const queueOf = await prepare();
    const bus = await broker.bus();
    await bus.consume('loans', acceptAll());
    const channel = await (await broker.plain()).createChannel();
    const announce = async () => {
      const member = names();
      const said = { member, queue: await queueOf(member), contexts: ['loans'], holds: [] };
      channel.publish(MEMBERS, '', Buffer.from(JSON.stringify(said)));
    };
    const timer = setInterval(() => void announce(), 50);
    try {
      for (let n = 0; n < 40; n++) {
        const id = `c-${n}`;
        expect(await bus.request(commandOf(id), { timeoutMs: 3_000 })).toEqual(accepted(id));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      clearInterval(timer);
    }
    await eventually(async () => (await broker.waiting()) === 0);
  },
  60_000,
);
