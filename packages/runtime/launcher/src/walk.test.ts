import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { walkLoans } from './walk.ts';

const STATUS: Record<string, string> = {
  RequestLoan: 'pending_submission',
  SubmitLoanRequest: 'pending_review',
  ApproveLoan: 'pending_signature',
  SignContract: 'signed',
  DenyLoan: 'denied',
};

let server: Server;
let broken: string | undefined;

/** A gateway and query API that know no rule but one. */
beforeAll(async () => {
  const loans = new Map<string, string>();
  server = createServer((request, answer) => {
    const last = request.url?.split('/').at(-1) ?? '';
    const reply = (status: number, body: object) => answer.writeHead(status).end(JSON.stringify(body));
    if (request.method === 'GET') {
      reply(200, { status: loans.get(last) });
      return;
    }
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { loan_application_uuid: id, amount } = JSON.parse(text);
      if (last === broken) return reply(500, { text: 'broken' });
      if (amount < 500) return reply(422, { status: 'rejected', error: { code: 'amount_is_too_low', message: '' } });
      loans.set(id, STATUS[last] ?? '');
      return reply(200, { status: 'accepted', events: [{ type: last }] });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const walk = async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines: string[] = [];
  return { result: await walkLoans({ gatewayUrl: url, queryUrl: url }, (line) => lines.push(line), 200), lines };
};

test('every command and every status is a step', async () => {
  expect((await walk()).result).toEqual({ passed: 15, failed: 0 });
});

test('a wrong answer is counted and shown', async () => {
  broken = 'DenyLoan';
  const { result, lines } = await walk();
  expect(result).toEqual({ passed: 13, failed: 2 });
  expect(lines.filter((line) => line.includes('WRONG'))).toHaveLength(2);
});
