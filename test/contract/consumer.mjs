// A consumer in a process of its own, which the contract kills: node consumer.mjs <url> <group> <context>
// Prints <entity>@<revision> of each event it has handled.
import { setTimeout as sleep } from 'node:timers/promises';
import { silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';

const [url, group, context] = process.argv.slice(2);
const store = await openEventStore({ url, log: silent });
await store.subscribe({
  group,
  context,
  batchSize: 5,
  async handle(events) {
    await sleep(20);
    for (const { streamId, revision } of events) console.log(`${streamId.split('-').slice(2).join('-')}@${revision}`);
  },
});
