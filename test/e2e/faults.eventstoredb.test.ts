import { startEventStoreDb, whichEventStoreDb } from './eventstoredb.ts';
import { faultsSuite } from './faults-suite.ts';

// A server that the environment names is not ours to crash.
const servers = process.env.DAYBOOK_TEST_EVENTSTORE_URL
  ? ['postgres', 'rabbitmq']
  : ['postgres', 'rabbitmq', 'eventstore'];

describe(whichEventStoreDb, () => faultsSuite(servers, { startEventStore: startEventStoreDb }));
