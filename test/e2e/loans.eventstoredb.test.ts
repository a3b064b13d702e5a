import { startEventStoreDb, whichEventStoreDb } from './eventstoredb.ts';
import { loansSuite } from './loans-suite.ts';

describe(whichEventStoreDb, () => loansSuite({ startEventStore: startEventStoreDb }));
