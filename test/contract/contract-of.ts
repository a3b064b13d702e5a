import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type EventStoreHarness, eventStoreContract, type KillableConsumerOptions } from '@daybook/test-support';

/** Why an adapter has cases switched off, by case or by section; printed in the table. */
export type Reasons = Readonly<Record<string, string>>;

/**
 * Runs the whole contract on an adapter. Names are `<section>: <case>`, read by scripts/contract.mjs.
 * @param reasons cases and sections that can't be run on it
 */
export function contractOf(adapter: string, harness: () => EventStoreHarness, reasons: Reasons = {}): void {
  describe(adapter, () => {
    for (const { section, name, run } of eventStoreContract) {
      const reason = reasons[section] ?? reasons[name] ?? reasons['*'];
      if (reason === undefined) test(`${section}: ${name}`, () => run(harness()), 120_000);
      else test.skip(`${section}: ${name} [${reason}]`, () => {});
    }
  });
}

/** A consumer in a process of its own, on the store that a URL names. Needs the build. */
export async function startConsumerProcess(url: string, { group, context, onHandled }: KillableConsumerOptions) {
  const child = spawn(process.execPath, ['test/contract/consumer.mjs', url, group, context], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(child.stdout).on('line', onHandled);
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
