import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endWithThisProcess } from '@daybook/local-servers';
import { startTestPostgres, startTestRabbitmq } from '@daybook/testing';
import amqp from 'amqplib';
import pg from 'pg';
import { memoryOf } from '../memory-of.ts';
import { connectPublisher } from '../publisher.ts';
import type { Subject } from '../subject.ts';
import { QUEUE, SCHEMA } from './schema.ts';

/**
 * The bare pipeline: the same broker, queue type, confirms and database, the same IO for each command, and no framework.
 * What it does not do (decide, check, retry, recover, share work) is what the system adds.
 */
export async function startFloor(): Promise<Subject> {
  const [postgres, rabbitmq] = await Promise.all([startTestPostgres(), startTestRabbitmq()]);
  const database = new pg.Pool({ connectionString: postgres.url, max: 2 });
  await database.query(SCHEMA);
  const connection = await amqp.connect(rabbitmq.url);
  const channel = await connection.createChannel();
  await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await connection.close();
  const processes = { writer: run('writer', postgres.url, rabbitmq.url), projector: run('projector', postgres.url) };
  async function count(what: string): Promise<number> {
    const { rows } = await database.query<{ count: string }>(`select count(*) from ${what}`);
    return Number(rows[0]?.count);
  }
  return {
    name: 'floor',
    // By the default exchange, of which a routing key is the name of a queue.
    connectPublisher: () => connectPublisher(rabbitmq.url, '', () => QUEUE),
    async visible(ids) {
      const { rows } = await database.query<{ id: string }>({
        name: 'visible',
        text: 'select id from floor_rows where id = any($1)',
        values: [ids],
      });
      return rows.map(({ id }) => id);
    },
    rows: () => count('floor_rows'),
    rowsSubmitted: () => count('floor_rows where submitted_at is not null'),
    async pauseFollowUps() {},
    async resumeFollowUps() {},
    memory: () =>
      Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, memoryOf(pid as number)])),
    async stop() {
      await Promise.all(Object.values(processes).map(end));
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
