import { run } from './run.ts';
import { quiet } from './test-cli-environment.ts';

/** Nothing listens there. */
const env = { EVENT_STORE_URL: 'postgres://a:b@127.0.0.1:1/c', RABBITMQ_URL: 'amqp://a:b@127.0.0.1:1' };

async function daybook(line: string, overrides: NodeJS.ProcessEnv = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const around = { ...quiet, env: { ...env, ...overrides }, user: 'ada', print: (text: string) => void out.push(text) };
  const code = await run(line.split(' '), around, (text) => void err.push(text));
  return { code, out, err };
}

test.each([
  ['parked nonsense', /unknown command 'nonsense'/],
  ['parked list --nonsense', /unknown option '--nonsense'/],
  ['parked show command', /missing required argument 'message-id'/],
  ['parked show event group x', /A position is a whole number/],
  ['parked discard command id', /required option '--reason <text>'/],
  ['parked discard event group 1', /required option '--reason <text>'/],
  ['parked replay', /say which: .*--all/],
  ['start', /name one service/],
  ['start nonsense', /there is no service 'nonsense'/],
  ['generate context Lending', /'Lending' can't name a context/],
  ['nonsense', /unknown command 'nonsense'/],
  ['check --nonsense', /unknown option '--nonsense'/],
  ['generate context', /missing required argument 'name'/],
])('%s: one line that says what is wrong with the line, exit code 2', async (line, said) => {
  const { code, out, err } = await daybook(line);
  expect({ code, out, lines: err.length }).toEqual({ code: 2, out: [], lines: 1 });
  expect(err[0]).toMatch(said);
});

test('a group of commands alone: its help, exit code 2', async () => {
  const { code, err } = await daybook('parked');
  expect(code).toBe(2);
  expect(err.join('\n')).toContain('discard');
});

test.each([
  ['parked list --commands', /RabbitMQ is not available.*RABBITMQ_URL/],
  ['parked list --events', /Postgres is not available.*EVENT_STORE_URL/],
])('%s: one line that says what to do, exit code 1', async (line, said) => {
  const { code, out, err } = await daybook(line);
  expect({ code, out, lines: err.length }).toEqual({ code: 1, out: [], lines: 1 });
  expect(err[0]).toMatch(said);
});

test('a bad configuration is named', async () => {
  const { code, err } = await daybook('parked list', { RABBITMQ_URL: 'http://nowhere' });
  expect(code).toBe(1);
  expect(err).toEqual([expect.stringMatching(/^error: RABBITMQ_URL=http:\/\/nowhere is not allowed; allowed: a URL/)]);
});

test('help is no error', async () => {
  const { code, out } = await daybook('parked --help');
  expect(code).toBe(0);
  expect(out.join('\n')).toContain('discard');
});
