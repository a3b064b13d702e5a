import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endWithThisProcess } from '@daybook/local-servers';
import { eventually, startTestPostgres, startTestRabbitmq } from '@daybook/testing';
import amqp from 'amqplib';
import pg from 'pg';
import { connectPublisher } from '../publisher.ts';
import type { Subject } from '../subject.ts';
import { PATIENCE_MS } from '../there.ts';
import { watchFloorRows } from './rows-told.ts';
import { FILL, QUEUE, SCHEMA } from './schema.ts';

/**
 * The bare pipeline: the same broker, queue type, confirms and database, the same IO for each command, and no framework.
 * What it does not do (decide, check, retry, recover, share work) is what the system adds.
 */
export async function startFloor(): Promise<Subject> {
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
  await eventually('the projector listens', () => count("pg_stat_activity where query = 'listen floor'"));
  return {
    name: 'floor',
    // By the default exchange, of which a routing key is the name of a queue.
    connectPublisher: () => connectPublisher(rabbitmq.url, '', () => QUEUE),
    rows: () => count('floor_rows'),
    rowsOf: (ids, only) =>
      count(`floor_rows where id = any($1) ${only === undefined ? '' : 'and submitted_at is not null'}`, ids),
    watchRows: (ids, onVisible) => watchFloorRows(postgres.url, ids, onVisible),
    async rebuild(_, events) {
      // It is to find them all at once, and nothing in its table.
      projector.kill('SIGSTOP');
      await database.query(FILL, [events]);
      await database.query('truncate floor_rows');
      const began = performance.now();
      projector.kill('SIGCONT');
      await eventually(
        'the projector has read all',
        () => count('floor_checkpoint c join floor_feed f on c.position = f.last_position'),
        PATIENCE_MS,
      );
      return (performance.now() - began) / 1000;
    },
    async stop() {
      await Promise.all([writer, projector].map(end));
      await database.end();
      await Promise.all([postgres.remove(), rabbitmq.remove()]);
    },
  };
}

function run(name: string, ...args: string[]): ChildProcess {
  const script = join('packages/bench/dist/floor', `${name}.js`);
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
