import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { endWithThisProcess, freePort } from '@daybook/local-servers';
import { eventually, startTestPostgres, startTestRabbitmq } from '@daybook/test-support';
import amqp from 'amqplib';
import pg from 'pg';
import { PATIENCE_MS } from '../await-rows.ts';
import { idsOf } from '../loans.ts';
import { connectPublisher } from '../publisher.ts';
import type { SystemUnderTest } from '../system-under-test.ts';
import { steps } from '../walk.ts';
import { watchBaselineRows } from './rows-told.ts';
import { FILL, FILL_STREAM, QUEUE, SCHEMA, STREAM } from './schema.ts';

/**
 * The bare pipeline: the same broker, queue type, confirms and database, the same IO for each command, and no framework.
 * What it does not do (decide, check, retry, recover, share work) is what the system adds.
 */
export async function startBaseline(): Promise<SystemUnderTest> {
  const [postgres, rabbitmq] = await Promise.all([startTestPostgres(), startTestRabbitmq()]);
  const database = new pg.Pool({ connectionString: postgres.url, max: 2 });
  // A connection that is closing hears of the server's end.
  database.on('error', () => {});
  await database.query(SCHEMA);
  const connection = await amqp.connect(rabbitmq.url);
  const channel = await connection.createChannel();
  await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await connection.close();
  const writer = run('writer', postgres.url, rabbitmq.url);
  const projector = run('projector', postgres.url);
  async function count(what: string, ...values: unknown[]): Promise<number> {
    const { rows } = await database.query<{ count: string }>(`select count(*) from ${what}`, values);
    return Number(rows[0]?.count);
  }
  await eventually('the projector listens', () => count("pg_stat_activity where query = 'listen baseline'"));
  const allRead = async () => (await count('floor_checkpoint c join floor_feed f on c.position = f.last_position')) > 0;
  const others: ChildProcess[] = [];
  let url: string | undefined;
  /** Where they are answered, from now on. */
  async function answerQueries(): Promise<string> {
    await database.query('create index floor_rows_in_order on floor_rows (requested_at, id)');
    const port = await freePort();
    others.push(run('queries', postgres.url, String(port)));
    const list = `http://127.0.0.1:${port}/list`;
    await eventually('the queries are answered', () =>
      fetch(list).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return `http://127.0.0.1:${port}`;
  }
  return {
    name: 'baseline',
    // By the default exchange, of which a routing key is the name of a queue.
    connectPublisher: () => connectPublisher(rabbitmq.url, '', () => QUEUE),
    rows: () => count('floor_rows'),
    rowsOf: (ids, only) =>
      count(`floor_rows where id = any($1) ${only === undefined ? '' : 'and submitted_at is not null'}`, ids),
    watchRows: (ids, onVisible) => watchBaselineRows(postgres.url, ids, onVisible),
    async walk(loans) {
      const publisher = await connectPublisher(rabbitmq.url, '', () => QUEUE);
      await publisher.closed(loans, 256);
      // Nothing sends the two follow-up commands but who publishes, and each event is as good as another.
      for (let step = 0; step < 5; step++) await steps(publisher, 'SubmitLoanRequest', idsOf(loans));
      await publisher.close();
      await eventually('every event is in a row', allRead, PATIENCE_MS);
    },
    async aggregateOf(events) {
      const streamId = `baseline-LoanRequest-${randomUUID()}`;
      await database.query(FILL_STREAM, [events, streamId]);
      await eventually('the projector has read them, too', allRead, PATIENCE_MS);
      const last = { name: 'last', text: `${STREAM} desc limit 1`, values: [streamId] };
      const all = { name: 'stream', text: STREAM, values: [streamId] };
      return { whole: () => database.query(all), snapshot: () => database.query(last) };
    },
    async queries() {
      url ??= await answerQueries();
      return { url, byId: (id) => `/rows/${id}`, list: '/list', asOfNow: (id) => `/events/${id}` };
    },
    async rebuild(_, events) {
      // It is to find them all at once, and nothing in its table.
      projector.kill('SIGSTOP');
      await database.query(FILL, [events]);
      await database.query('truncate floor_rows');
      const began = performance.now();
      projector.kill('SIGCONT');
      await eventually('the projector has read all', allRead, PATIENCE_MS);
      return (performance.now() - began) / 1000;
    },
    async stop() {
      await Promise.all([writer, projector, ...others].map(end));
      await database.end();
      await Promise.all([postgres.remove(), rabbitmq.remove()]);
    },
  };
}

function run(name: string, ...args: string[]): ChildProcess {
  const script = join('test/bench/dist/baseline', `${name}.js`);
  const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], { stdio: 'inherit' });
  if (child.pid !== undefined) child.once('exit', endWithThisProcess(child.pid, 'SIGKILL'));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
