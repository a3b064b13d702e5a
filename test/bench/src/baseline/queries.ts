import { createServer } from 'node:http';
import pg from 'pg';
import { STREAM } from './schema.ts';

// The query side with nothing in it: one statement a request, and what it finds as JSON. No schema, no check, no wait.

const [postgresUrl, port] = process.argv.slice(2);
const database = new pg.Pool({ connectionString: postgresUrl as string, max: 4 });

createServer(({ url = '' }, answer) => {
  const [, what, id = ''] = url.split('/');
  answer.setHeader('content-type', 'application/json');
  void found(what, id).then((body) => answer.end(JSON.stringify(body)));
}).listen(Number(port), '127.0.0.1');

async function found(what: string | undefined, id: string): Promise<unknown> {
  if (what === 'list') {
    const text = 'select * from floor_rows order by requested_at, id limit 20';
    return (await database.query({ name: 'list', text })).rows;
  }
  if (what === 'rows') {
    const text = 'select * from floor_rows where id = $1';
    return (await database.query({ name: 'row', text, values: [id] })).rows[0];
  }
  const { rows } = await database.query<{ data: object }>({
    name: 'stream',
    text: STREAM,
    values: [`baseline-LoanRequest-${id}`],
  });
  return Object.assign({}, ...rows.map(({ data }) => data));
}
