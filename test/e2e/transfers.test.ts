import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { eventually, type PrivateSystem, Random, startPrivateSystem } from '@daybook/test-support';

// A process manager with a state, killed again and again while it moves money: none is made, none is lost, and every
// transfer comes to an end.

const DAYBOOK_CONFIG = join(__dirname, 'transfers/daybook.config.ts');
const TRANSFERS = 120;
const WALLETS = Array.from({ length: 6 }, (_, n) => `wallet-${n}`);
/** Killing is not crashing. */
const PATIENT = { maxRestarts: 1_000, firstDelayMs: 50, maxDelayMs: 500 };
let system: PrivateSystem;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const settings = { DAYBOOK_CONFIG };
  system = await startPrivateSystem({ settings, policy: PATIENT });
  env = { ...process.env, ...system.env, READ_STORE_URL: system.postgresUrl };
  await promisify(execFile)(process.execPath, ['services/migrate/dist/main.js'], { env });
}, 180_000);
afterAll(() => system?.stop(), 60_000);

/** As a client does that wants to be sure: the same command, until there is an answer. */
async function send(type: string, data: object): Promise<number> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  for (;;) {
    const url = `${system.gatewayUrl}/commands/bank/${type}`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(data) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer !== undefined && answer.status < 500) return answer.status;
    await sleep(100);
  }
}

async function rows(of: string): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(`${system.queryUrl}/bank/${of}?limit=500`);
  return ((await response.json()) as { items: Record<string, unknown>[] }).items;
}

const balances = async () => (await rows('wallets')).reduce((sum, { balance }) => sum + (balance as number), 0);

/** Kills a process of the two that move the money, now and then, until told to stop. @returns how many were killed */
function harm(random: Random) {
  let stopping = false;
  const harming = (async () => {
    let killed = 0;
    while (!stopping) {
      await sleep(300 + random.below(600));
      const name = random.below(3) === 0 ? 'command-service' : 'process-manager';
      system.services.find((one) => one.name === name)?.kill('SIGKILL');
      killed++;
    }
    return killed;
  })();
  return () => {
    stopping = true;
    return harming;
  };
}

test('money moves, and the sum stays, whatever is killed', async () => {
  const random = new Random(7);
  for (const wallet_id of WALLETS) expect(await send('OpenWallet', { wallet_id, balance: 100 })).toBe(200);
  const stop = harm(random);
  for (let n = 0; n < TRANSFERS; n++) {
    const [from, to] = [WALLETS[random.below(WALLETS.length)], WALLETS[random.below(WALLETS.length)]];
    const amount = 1 + random.below(80);
    expect(await send('RequestTransfer', { transfer_id: `t-${n}`, from, to, amount })).toBe(200);
    // From now on deposits into it are refused, and given back.
    if (n === TRANSFERS / 3) expect(await send('CloseWallet', { wallet_id: 'wallet-5' })).toBe(200);
  }
  expect(await stop()).toBeGreaterThan(3);
  await eventually(
    'every transfer has ended',
    async () => {
      const ended = (await rows('transfers')).filter(({ status }) => status !== 'requested');
      return ended.length === TRANSFERS;
    },
    60_000,
  );
  const outcomes = new Set((await rows('transfers')).map(({ status }) => status));
  expect(outcomes).toEqual(new Set(['completed', 'refused']));
  await eventually('the sum of all balances is what it was', async () => (await balances()) === WALLETS.length * 100);
  for (const { balance } of await rows('wallets')) expect(balance).toBeGreaterThanOrEqual(0);
}, 240_000);
