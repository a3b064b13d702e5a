import { InMemoryEventStore } from '@daybook/in-memory';
import { nameOf } from '@daybook/test-support';
import { contractOf } from './contract-of.ts';

const noServer = 'in this process, there is no server';
let store: InMemoryEventStore;

beforeEach(() => {
  store = new InMemoryEventStore();
});

contractOf(
  'in memory',
  () => ({
    connect: () => store,
    slowMs: 200,
    async startKillableConsumer({ group, context, onHandled }) {
      const consumer = await store.subscribe({
        group,
        context,
        batchSize: 5,
        async handle(events) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          for (const event of events) onHandled(nameOf(event));
        },
      });
      return { kill: async () => consumer.kill() };
    },
  }),
  { deadline: noServer, restart: noServer },
);
