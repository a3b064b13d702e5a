import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { startTestSystem, type TestSystem } from './system.ts';

const run = promisify(execFile);
/** The first code block of a language on a page of the documentation that has a text in it. */
function block(page: string, language: string, having: string): string {
  const blocks = [...readFileSync(`docs/reference/${page}.md`, 'utf8').matchAll(/```(\w*)\n([\s\S]*?)```/g)];
  const found = blocks.find(([, of, text]) => of === language && text?.includes(having));
  if (found?.[2] === undefined) throw new Error(`${page} has no ${language} block with ${having}`);
  return found[2];
}

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
}, 180_000);

afterAll(() => system?.stop(), 60_000);

const here = (text: string) =>
  text.replaceAll('http://127.0.0.1:8080', system.gatewayUrl).replaceAll('http://127.0.0.1:8081', system.queryUrl);

test('the program that publishes with plain amqplib', async () => {
  const program = block('amqp', 'js', 'publish.mjs');
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    // Where amqplib is found, as it is after `npm install amqplib`.
    cwd: 'test',
    env: { ...process.env, RABBITMQ_URL: system.rabbitmqUrl },
    timeout: 20_000,
  });
  expect(stdout).toMatch(/status: 'accepted'[\s\S]*LoanRequested/);
});

test('curl to the gateway, then curl to the query-service', async () => {
  const posted = await run('bash', ['-c', here(block('http', 'sh', 'idempotency-key'))]);
  expect(JSON.parse(posted.stdout)).toMatchObject({ status: 'accepted', command_id: 'my-first-loan' });
  const [one, list] = here(block('queries', 'sh', 'status=pending_review'))
    .trim()
    .split('\n') as [string, string];
  const row = { amount: 1000, duration: 6, status: 'pending_submission' };
  const waited = await run('bash', ['-c', here(block('queries', 'sh', 'daybook-token'))]);
  expect(JSON.parse(waited.stdout)).toMatchObject(row);
  expect(JSON.parse((await run('bash', ['-c', one])).stdout)).toMatchObject(row);
  expect(JSON.parse((await run('bash', ['-c', list])).stdout)).toEqual({ items: [], next: null });
});
