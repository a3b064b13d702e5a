import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startTestApp } from '@daybook/embedded';
import { eventually, type PrivateSystem, Random, startPrivateSystem } from '@daybook/test-support';
import app from './transfers/daybook.config.ts';

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

interface Transfer {
  readonly transfer_id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** What each wallet holds once the completed transfers, and no others, have moved what they say. */
function heldAfter(transfers: readonly Transfer[], statusOf: ReadonlyMap<unknown, unknown>): Record<string, number> {
  const held = Object.fromEntries(WALLETS.map((wallet) => [wallet, 100]));
  for (const { transfer_id, from, to, amount } of transfers) {
    if (statusOf.get(transfer_id) !== 'completed') continue;
    held[from] = (held[from] as number) - amount;
    held[to] = (held[to] as number) + amount;
  }
  return held;
}

/** Kills a process of the two that move the money, so many times. */
async function harm(random: Random, times: number): Promise<void> {
  for (let killed = 0; killed < times; killed++) {
    await sleep(200 + random.below(400));
    const name = random.below(3) === 0 ? 'command-service' : 'process-manager';
    system.services.find((one) => one.name === name)?.kill('SIGKILL');
  }
}

test('money moves once, and none is made or lost, whatever is killed', async () => {
  const random = new Random(7);
  for (const wallet_id of WALLETS) expect(await send('OpenWallet', { wallet_id, balance: 100 })).toBe(200);
  const harming = harm(random.fork(), 10);
  const transfers: Transfer[] = [];
  for (let n = 0; n < TRANSFERS; n++) {
    const [from, to] = [random.pick(WALLETS), random.pick(WALLETS)];
    const transfer = { transfer_id: `t-${n}`, from, to, amount: 1 + random.below(80) };
    transfers.push(transfer);
    expect(await send('RequestTransfer', transfer)).toBe(200);
    // So that some are under way whenever a process is killed.
    await sleep(25);
    // From now on deposits into it are refused, and given back.
    if (n === TRANSFERS / 3) expect(await send('CloseWallet', { wallet_id: 'wallet-5' })).toBe(200);
  }
  await harming;
  await eventually(
    'every transfer has ended',
    async () => {
      const ended = (await rows('transfers')).filter(({ status }) => status !== 'requested');
      return ended.length === TRANSFERS;
    },
    60_000,
  );
  const statusOf = new Map((await rows('transfers')).map(({ transfer_id, status }) => [transfer_id, status]));
  expect(new Set(statusOf.values())).toEqual(new Set(['completed', 'refused']));
  await eventually('each wallet holds what the completed transfers say', async () => {
    const held = (await rows('wallets')).map(({ wallet_id, balance }) => [wallet_id, balance]);
    expect(Object.fromEntries(held)).toEqual(heldAfter(transfers, statusOf));
    return true;
  });
}, 240_000);

test('in one process it does the same', async () => {
  const daybook = await startTestApp(app);
  try {
    const post = async (type: string, data: object) => {
      const headers = { 'content-type': 'application/json' };
      const url = `${daybook.commandsUrl}/commands/bank/${type}`;
      expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(data) })).status).toBe(200);
    };
    for (const wallet_id of ['a', 'b']) await post('OpenWallet', { wallet_id, balance: 100 });
    await post('RequestTransfer', { transfer_id: 'in', from: 'a', to: 'b', amount: 30 });
    await post('RequestTransfer', { transfer_id: 'too-much', from: 'a', to: 'b', amount: 300 });
    await eventually('both have ended', async () => {
      const response = await fetch(`${daybook.queriesUrl}/bank/transfers`);
      const { items } = (await response.json()) as { items: readonly { transfer_id: string; status: string }[] };
      expect(items.map(({ transfer_id, status }) => [transfer_id, status])).toEqual([
        ['in', 'completed'],
        ['too-much', 'refused'],
      ]);
      return true;
    });
  } finally {
    await daybook.stop();
  }
}, 120_000);
