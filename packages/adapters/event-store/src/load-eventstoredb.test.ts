import { loadEventStoreDb } from './load-eventstoredb.ts';

const missing = (name: string) => () =>
  Promise.reject(Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' }));

test('where the adapter is not installed, the error says how to', async () => {
  await expect(loadEventStoreDb(missing('@daybook/event-store-eventstoredb'))).rejects.toThrow(
    "EVENT_STORE_URL names an EventStoreDB, and the adapter for it is not installed: run 'npm install @daybook/event-store-eventstoredb'",
  );
});

test('another module that is missing is named as it is', async () => {
  await expect(loadEventStoreDb(missing('protobufjs'))).rejects.toThrow("Cannot find package 'protobufjs'");
});

test('installed, it is loaded', async () => {
  expect(Object.keys(await loadEventStoreDb())).toContain('connectEventStoreDb');
});
