import { parseArgs } from 'node:util';
import { startEventStoreDbStandIn } from './stand-in.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, folder: { type: 'string' } } });
const standIn = await startEventStoreDbStandIn({
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
  ...(values.folder === undefined ? {} : { folder: values.folder }),
});
const { url, description } = standIn;
console.log(JSON.stringify({ url, description }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void standIn.stop());
