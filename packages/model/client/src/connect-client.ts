import { randomUUID } from 'node:crypto';
import {
  type BoundedContext,
  type CommandMessage,
  type Log,
  type Message,
  type Projection,
  type RowProjection,
  silent,
} from '@daybook/core';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { type Consistency, caughtUp, projectionsToAwait } from './consistency.ts';
import { type FollowOptions, follow, type Update } from './follow.ts';
import { getRow, type List, type ListOptions, listRows, setFilters, urlOf } from './queries.ts';
import type { ReadOptions } from './read-options.ts';
import { type Sent, sendOverHttp } from './send-over-http.ts';

/** Where a bounded context is to be reached. Commands go over AMQP where `rabbitmqUrl` is given, else over HTTP. */
export interface ClientOptions<Command extends Message> {
  readonly context: BoundedContext<Command>;
  readonly rabbitmqUrl?: string;
  /** The command-gateway. */
  readonly gatewayUrl?: string;
  /** The query-service. */
  readonly queryUrl?: string;
  readonly log?: Log;
}

/** What goes with a command. */
export interface SendOptions extends Consistency {
  /** Give the same to ask for the same command's outcome again; random by default. */
  readonly commandId?: string;
  readonly correlationId?: string;
  /** Who asks. */
  readonly actor?: string;
  /** Milliseconds to wait for the outcome, and with strong consistency for the read models; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** Commands and queries of one bounded context. */
export interface Client<Command extends Message> {
  /** Sends the command and awaits its outcome; repeats never take effect twice. @throws Unavailable when the outcome is not known in time */
  send(command: Command, options?: SendOptions): Promise<Sent>;
  /** @returns the row, or undefined when there is none (yet). @throws Unavailable, NotYet when it does not include the token in time */
  get<Row>(projection: RowProjection<Row>, id: string, options?: ReadOptions): Promise<Row | undefined>;
  /** @throws Unavailable, NotYet */
  list<Row>(projection: Projection<Row>, options?: ListOptions<Row>): Promise<List<Row>>;
  /** Live updates, of one entity or of all: the changes as they come, for a `for await` loop. */
  follow<Row>(projection: Projection<Row>, options?: FollowOptions<Row>): AsyncGenerator<Update<Row>, void>;
  close(): Promise<void>;
}

/**
 * A client of one bounded context: its commands are the only ones it can send. Waits until the broker is up.
 * Its methods throw an Error for what was connected without the address that it takes.
 * @example
 * const client = await connectClient({ context: loans, gatewayUrl, queryUrl });
 * const sent = await client.send({ type: 'RequestLoan', data }, { consistency: 'strong' });
 * if (sent.status === 'accepted') console.log(await client.get(loanApplications, data.loan_application_uuid));
 * await client.close();
 */
export async function connectClient<Command extends Message>(
  options: ClientOptions<Command>,
): Promise<Client<Command>> {
  const { context, rabbitmqUrl, gatewayUrl, queryUrl, log = silent } = options;
  const bus =
    rabbitmqUrl === undefined
      ? undefined
      : await connectRabbitmq({ url: rabbitmqUrl, contexts: [context], log, appId: 'client' });

  async function deliver(message: CommandMessage, timeoutMs: number, wanted: Consistency): Promise<Sent> {
    if (bus === undefined) return sendOverHttp(given(gatewayUrl, 'gatewayUrl'), message, timeoutMs, wanted);
    if (wanted.consistency !== 'strong') return bus.request(message, { timeoutMs });
    // What is missing or wrong is said before the command is sent.
    const [url, projections] = [given(queryUrl, 'queryUrl'), projectionsToAwait(context, message.command.type, wanted)];
    const deadline = Date.now() + timeoutMs;
    const reply = await bus.request(message, { timeoutMs });
    if (!('token' in reply)) return reply;
    const strong = await caughtUp(url, projections, reply.token, deadline);
    return { ...reply, consistency: strong ? 'strong' : 'eventual' };
  }

  return {
    async send(command, sendOptions = {}) {
      const { commandId = randomUUID(), correlationId, actor, timeoutMs = 10_000, ...wanted } = sendOptions;
      return deliver({ context: context.name, command, commandId, correlationId, actor }, timeoutMs, wanted);
    },
    async get<Row>(projection: RowProjection<Row>, id: string, readOptions: ReadOptions = {}) {
      return getRow<Row>(urlOf(given(queryUrl, 'queryUrl'), context.name, projection.name, id), readOptions);
    },
    async list<Row>(projection: Projection<Row>, listOptions: ListOptions<Row> = {}) {
      return listRows<Row>(
        urlOf(given(queryUrl, 'queryUrl'), context.name, projection.name, listOptions.of),
        listOptions,
      );
    },
    follow<Row>(projection: Projection<Row>, followOptions: FollowOptions<Row> = {}) {
      const url = urlOf(given(queryUrl, 'queryUrl'), context.name, projection.name, followOptions.of);
      setFilters(url, followOptions.filters ?? {});
      return follow<Row>(url, followOptions);
    },
    async close() {
      await bus?.close();
    },
  };
}

function given(url: string | undefined, name: string): string {
  if (url === undefined) throw new Error(`the client was connected without ${name}`);
  return url;
}
