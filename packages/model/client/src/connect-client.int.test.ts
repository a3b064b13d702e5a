import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandBus, type ReceivedCommand, silent, Unavailable } from '@daybook/core';
import { loans } from '@daybook/loans';
import { type LocalServer, requireRabbitmq } from '@daybook/local-servers';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { connectClient } from './connect-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'daybook-test-'));
let server: LocalServer;
let service: CommandBus;

beforeAll(async () => {
  server = await requireRabbitmq({ folder: join(folder, 'rabbitmq') });
  service = await connectRabbitmq({ url: server.url, contexts: [loans], log: silent });
}, 120_000);
afterAll(async () => {
  await service.close();
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const loan_application_uuid = '2f0c5f43-9c5c-4a52-8a5e-0f9d6b7f3c11';
const command = { type: 'SubmitLoanRequest', data: { loan_application_uuid } } as const;

test('a command goes over AMQP, and its outcome comes back', async () => {
  const client = await connectClient({ context: loans, rabbitmqUrl: server.url });
  await expect(client.send(command, { timeoutMs: 100 })).rejects.toThrow(Unavailable);

  const seen: ReceivedCommand[] = [];
  const stream = `loans-LoanRequest-${loan_application_uuid}`;
  await service.consume('loans', async (received) => {
    seen.push(received);
    const command_id = received.commandId ?? '';
    return { reply: { status: 'accepted', command_id, stream, revision: 1, token: `${stream}@1`, events: [] } };
  });
  const reply = await client.send(command, { commandId: 'c-1', actor: 'ada', correlationId: 'talk' });
  expect(reply).toEqual({
    status: 'accepted',
    command_id: 'c-1',
    stream,
    revision: 1,
    token: `${stream}@1`,
    events: [],
  });
  const body = Buffer.from(JSON.stringify(command.data));
  expect(seen.at(-1)).toMatchObject({ type: 'SubmitLoanRequest', actor: 'ada', correlationId: 'talk', body });
  await client.close();
});
