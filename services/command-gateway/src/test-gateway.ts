import {
  type CommandBus,
  type CommandMessage,
  type ReadStore,
  type Reply,
  type RequestOptions,
  silent,
} from '@daybook/core';
import { InMemoryReadStore } from '@daybook/in-memory';
import { loans } from '@daybook/loans';
import { buildGateway } from './gateway.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
export const STREAM = `loans-LoanRequest-${ID}`;
export const PATH = '/commands/loans/RequestLoan';
/** The content type of an answer that says no. */
export const PROBLEM = 'application/problem+json; charset=utf-8';
/** What RequestLoan takes. */
export const data = { loan_application_uuid: ID, amount: 1000, duration: 6 };

/** How the bus answers. */
export type Answer = (command: CommandMessage, options: RequestOptions) => Promise<Reply>;
const accept: Answer = async ({ commandId }) => ({
  status: 'accepted',
  command_id: commandId,
  stream: STREAM,
  revision: 0,
  token: `${STREAM}@0`,
  events: [{ type: 'LoanRequested', revision: 0 }],
});

/** Posts to a gateway of its own. @returns the answer, and what was asked of the bus */
export async function post(
  path: string,
  {
    body = data,
    headers = {},
    answer = accept,
    ping = async () => {},
    rows = new InMemoryReadStore(),
    maxWaiting = 10,
    timeoutMs = 10_000,
  }: Partial<{
    body: string | object;
    headers: Record<string, string>;
    answer: Answer;
    ping: () => Promise<void>;
    rows: ReadStore;
    maxWaiting: number;
    timeoutMs: number;
  }> = {},
) {
  const requests: { command: CommandMessage; options: RequestOptions }[] = [];
  const request: Answer = (command, options) => {
    requests.push({ command, options });
    return answer(command, options);
  };
  const api = await buildGateway({
    contexts: [loans],
    bus: { request, ping } as CommandBus,
    log: silent,
    timeoutMs,
    rows,
    maxWaiting,
  });
  const response = await api.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
  });
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    headers: response.headers,
    body: response.json() as Record<string, unknown>,
    requests,
  };
}
