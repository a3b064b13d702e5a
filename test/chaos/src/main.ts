import { setTimeout as sleep } from 'node:timers/promises';
import { silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { Random } from '@daybook/test-support';
import { awaitQuiescence, parkedCommands } from './await-quiescence.ts';
import { check, readFeed } from './check.ts';
import { checkMails } from './check-mails.ts';
import { doHarm } from './faults.ts';
import { Ledger } from './ledger.ts';
import { startLoad } from './load.ts';
import { parseOptions } from './options.ts';
import { startSystem } from './system.ts';

const { seconds, seed, store: kind } = parseOptions(process.argv.slice(2));
const since = Date.now();
const say = (line: string) => console.log(`${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s  ${line}`);

say(`chaos: seed ${seed}, ${seconds} s, events in ${kind === 'postgres' ? 'Postgres' : 'a stand-in of EventStoreDB'}`);
const system = await startSystem(kind);
const ledger = new Ledger();
const load = await startLoad(system.rabbitmqUrl, ledger, new Random(seed));
// A quorum queue that is younger than its first write to disk does not survive a crash of RabbitMQ 3.10.
await sleep(2000);
say('the system is up and under load');

const ending = new AbortController();
const harming = doHarm(system, new Random(seed + 1), ending.signal, say);
await sleep(seconds * 1000);
ending.abort();
const harm = await harming;
await load.stop();
say('harm and load have ended');

const store = await openEventStore({ url: system.eventStoreUrl, log: silent });
const settled = await awaitQuiescence(system, store).catch((error: unknown) => error as Error);
const feed = await readFeed(store, 'loans');
const effects = await readFeed(store, 'effects_loans');
const parked = await parkedCommands(system.rabbitmqUrl);
const wrong = await check(ledger, { feed, parked, queryUrl: system.queryUrl });
wrong.push(...checkMails(feed, effects));
if (settled instanceof Error) wrong.push(`it does not come to rest: ${settled.message}`);

const { confirmed } = ledger;
const all = [...ledger.commands.values()];
const restarts = system.services.reduce((sum, service) => sum + service.restarts, 0);
console.log(`
commands offered        ${all.length}, and again as duplicates ${all.reduce((sum, { offered }) => sum + offered - 1, 0)}
commands confirmed      ${confirmed.length}
events in the log       ${feed.length}
contracts expired       ${feed.filter(({ data }) => (data as { reason?: string }).reason === 'expired').length}
parked                  ${parked.size}
mails on record         ${effects.length}
services killed         ${harm.killed}, frozen ${harm.frozen}, started again ${restarts}
servers crashed         ${harm.crashed}; database connections cut ${harm.cut}
time to come to rest    ${settled instanceof Error ? 'never' : `${(settled / 1000).toFixed(1)} s`}`);
for (const line of wrong.slice(0, 20)) console.log(`WRONG: ${line}`);
if (wrong.length > 20) console.log(`… and ${wrong.length - 20} more`);
await store.close();
await system.stop();
const failed = wrong.length;
if (failed > 0) console.log(`again: npm run chaos -- --seconds ${seconds} --seed ${seed} --store ${kind}`);
console.log(`chaos: ${confirmed.length} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
