import { randomUUID } from 'node:crypto';
import amqp, { type ConsumeMessage } from 'amqplib';
import pg from 'pg';
import { QUEUE } from './schema.ts';

// The write side with nothing in it: take a batch, one statement, acknowledge, reply. No decision, no conflict, no fault.

const [postgresUrl, rabbitmqUrl] = process.argv.slice(2);
const database = new pg.Client({ connectionString: postgresUrl as string });
await database.connect();
const connection = await amqp.connect(rabbitmqUrl as string, { noDelay: true });
const channel = await connection.createChannel();
await channel.prefetch(256);

let waiting: ConsumeMessage[] = [];
let running = false;
const revisions = new Map<string, number>();

await channel.consume(QUEUE, (message) => {
  if (message === null) return;
  waiting.push(message);
  if (running) return;
  running = true;
  setImmediate(() => void work());
});

async function work(): Promise<void> {
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    const events = batch.map(eventOf);
    await database.query({ name: 'append', text: 'select floor_append($1)', values: [JSON.stringify(events)] });
    channel.ack(batch.at(-1) as ConsumeMessage, true);
    batch.forEach(({ properties: { replyTo, correlationId } }, index) => {
      const reply = JSON.stringify({ status: 'accepted', stream: events[index]?.stream_id, revision: 0 });
      channel.sendToQueue(replyTo, Buffer.from(reply), { correlationId });
    });
  }
  running = false;
}

const EVENTS: Readonly<Record<string, string>> = {
  RequestLoan: 'LoanRequested',
  SubmitLoanRequest: 'LoanRequestSubmitted',
};

function eventOf({ content, properties }: ConsumeMessage, n: number) {
  const data = content.toString();
  const { loan_application_uuid } = JSON.parse(data) as { loan_application_uuid: string };
  const stream_id = `baseline-LoanRequest-${loan_application_uuid}`;
  const revision = (revisions.get(stream_id) ?? -1) + 1;
  revisions.set(stream_id, revision);
  const { messageId, type } = properties;
  const metadata = JSON.stringify({
    command_id: messageId,
    causation_id: messageId,
    correlation_id: messageId,
    recorded_at: new Date().toISOString(),
  });
  return { n: n + 1, stream_id, revision, id: randomUUID(), type: EVENTS[type as string], data, metadata };
}
