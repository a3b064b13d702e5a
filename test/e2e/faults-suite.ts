import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { silent, snapshotStreamOf } from '@daybook/core';
import { loans as loansContext } from '@daybook/loans';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { eventually } from '@daybook/test-support';
import { expectAllRight, type Loans, startLoans } from './many-loans.ts';
import { startTestSystem, type TestSystem, type TestSystemOptions } from './system.ts';

const LOANS = 200;

/**
 * Every service is killed, and every server crashes, while loans are under way.
 * @param servers those of the system that can be crashed
 */
export function faultsSuite(servers: readonly string[], options: TestSystemOptions = {}): void {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startTestSystem(options);
  }, 180_000);

  afterAll(() => system?.stop(), 60_000);

  /** Starts the loans, waits until some are well under way, and does the harm. */
  async function underLoad(harm: (loans: Loans) => Promise<void>): Promise<void> {
    const loans = await startLoans(system, LOANS);
    await Promise.race([loans.done, sleep(150)]);
    expect(loans.finished()).toBeLessThan(LOANS);
    await harm(loans);
    await loans.done;
    await expectAllRight(system, loans);
  }

  test.each(['command-service', 'process-manager', 'projector', 'query-service', 'command-gateway'])(
    '%s is killed, twice, while 200 loans are in flight',
    async (name) => {
      const service = system.services.find((one) => one.name === name);
      if (service === undefined) throw new Error(`no ${name}`);
      await underLoad(async () => {
        for (const _ of [1, 2]) {
          const { pid, restarts } = service;
          service.kill('SIGKILL');
          await eventually(
            'it was started again',
            () => service.restarts > restarts && service.pid !== undefined && service.pid !== pid,
          );
          await service.ready();
        }
      });
    },
    150_000,
  );

  test('a command from before a snapshot is answered as at first, by a command-service that knows only the snapshot', async () => {
    const service = system.services.find(({ name }) => name === 'command-service');
    const bus = await connectRabbitmq({ url: system.rabbitmqUrl, contexts: [loansContext], log: silent });
    const data = { loan_application_uuid: randomUUID() };
    const submit = (n: number) => {
      const message = { context: 'loans', commandId: `${data.loan_application_uuid}/${n}` };
      return bus.request({ ...message, command: { type: 'SubmitLoanRequest', data } }, { timeoutMs: 20_000 });
    };
    try {
      const refused = await Promise.all(Array.from({ length: 1200 }, (_, n) => submit(n)));
      const stream = `loans-LoanRequest-${data.loan_application_uuid}`;
      await eventually('two snapshots are stored', async () => {
        return (await system.store.read(snapshotStreamOf(stream), 0, 10)).length === 2;
      });
      service?.kill('SIGKILL');
      expect(await submit(7)).toEqual(refused[7]);
      expect(await submit(1200)).toMatchObject({ status: 'rejected', revision: 1200 });
    } finally {
      await bus.close();
    }
  }, 60_000);

  test.each(servers)(
    '%s crashes and comes back while 200 loans are in flight',
    async (name) => {
      const server = system.servers[name];
      if (server === undefined) throw new Error(`no ${name}`);
      await underLoad(async () => {
        await server.kill();
        await sleep(1000);
        await server.start();
      });
    },
    150_000,
  );
}
