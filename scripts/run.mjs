import { apiDocs } from './api-docs.mjs';
import { bench } from './bench.mjs';
import { chaos } from './chaos.mjs';
import { contract } from './contract.mjs';
import { docs } from './docs.mjs';
import { fuzz } from './fuzz.mjs';
import { test } from './jest.mjs';
import { launch } from './launch.mjs';
import { build, checkNode, install } from './prepare.mjs';
import { release } from './release.mjs';
import { simulate } from './simulate.mjs';
import { verify } from './verify.mjs';

const USAGE = `usage: node scripts/run.mjs <command>
  start [--fresh] [--embedded]          run the whole system until Ctrl-C
  demo [--fresh] [--embedded]           run it, walk loans through their life, stop
  test [unit|int|contract|e2e ...] [jest args]
                                        run tests; --json FILE writes the results
  contract [jest args]                  the event-store contract on every adapter, as one table
  simulate [--runs N] [--seed S] [--seconds T] | --mutate | --crash-points
                                        random schedules with faults, each replayable from its seed
  chaos [--seconds N] [--seed S] [--store postgres|eventstoredb]
                                        real processes and servers, harmed under load
  fuzz [--minutes N] [--seed S]         anything at either wire, with fresh seeds, against real servers
  bench [--quick] [--long] [--only NAME] [--json FILE] [--svg FILE]
                                        how fast it is, beside the bare pipeline
  test:release                          publish the packages to a registry, use and upgrade them from there
  api-docs                              write docs/api: what the services say of themselves
  docs [--dev]                          build the documentation site; --dev serves it
  verify [--without-tests]              format, lint, types, unit tests, boundaries, unused code, packages`;

const commands = {
  start: (args) => launch(['start', ...args]),
  demo: (args) => launch(['demo', ...args]),
  test: async (args) => process.exit(await test(args)),
  contract: async (args) => process.exit(await contract(args)),
  bench: async (args) => process.exit(await bench(args)),
  fuzz: async (args) => process.exit(await fuzz(args)),
  chaos: async (args) => process.exit(await chaos(args)),
  'api-docs': apiDocs,
  docs: (args) => process.exit(docs(args)),
  'test:release': async () => process.exit(await release()),
  simulate: (args) => process.exit(simulate(args)),
  verify: (args) => {
    const { passed, failed } = verify(args);
    console.log(`verify: ${passed} passed, ${failed} failed`);
    process.exit(failed > 0 ? 1 : 0);
  },
};

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (name === '--help') {
  console.log(USAGE);
  process.exit(0);
}
if (!command) {
  console.error(`error: there is no command '${name ?? ''}'; there are ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
checkNode();
if (!install()) process.exit(1);
// `verify` compiles as one of its steps, so that the others run even if that fails.
if (name !== 'verify' && !build()) process.exit(1);
await command(args);
