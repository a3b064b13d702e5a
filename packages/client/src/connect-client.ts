import { randomUUID } from 'node:crypto';
import {
  type BoundedContext,
  type CommandMessage,
  type Log,
  type Message,
  type Projection,
  type Reply,
  type RowProjection,
  silent,
} from '@daybook/core';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { getRow, type List, type ListOptions, listRows, urlOf } from './queries.ts';
import { sendOverHttp } from './send-over-http.ts';

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
export interface SendOptions {
  /** Give the same to ask for the same command's outcome again; random by default. */
  readonly commandId?: string;
  readonly correlationId?: string;
  /** Who asks. */
  readonly actor?: string;
  /** Milliseconds to wait for the outcome; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** Commands and queries of one bounded context. */
export interface Client<Command extends Message> {
  /** Sends the command and awaits its outcome; repeats never take effect twice. @throws Unavailable when the outcome is not known in time */
  send(command: Command, options?: SendOptions): Promise<Reply>;
  /** @returns the row, or undefined when there is none (yet). @throws Unavailable */
  get<Row>(projection: RowProjection<Row>, id: string): Promise<Row | undefined>;
  /** @throws Unavailable */
  list<Row>(projection: Projection<Row>, options?: ListOptions<Row>): Promise<List<Row>>;
  close(): Promise<void>;
}

/** A client of one bounded context: its commands are the only ones it can send. Waits until the broker is up. */
export async function connectClient<Command extends Message>(
  options: ClientOptions<Command>,
): Promise<Client<Command>> {
  const { context, rabbitmqUrl, gatewayUrl, queryUrl, log = silent } = options;
  const bus =
    rabbitmqUrl === undefined
      ? undefined
      : await connectRabbitmq({ url: rabbitmqUrl, contexts: [context.name], log, appId: 'client' });

  function deliver(message: CommandMessage, timeoutMs: number): Promise<Reply> {
    if (bus !== undefined) return bus.request(message, { timeoutMs });
    return sendOverHttp(given(gatewayUrl, 'gatewayUrl'), message, timeoutMs);
  }

  return {
    async send(command, { commandId = randomUUID(), correlationId, actor, timeoutMs = 10_000 } = {}) {
      return deliver({ context: context.name, command, commandId, correlationId, actor }, timeoutMs);
    },
    async get<Row>(projection: RowProjection<Row>, id: string) {
      return getRow<Row>(urlOf(given(queryUrl, 'queryUrl'), context.name, projection.name, id));
    },
    async list<Row>(projection: Projection<Row>, listOptions: ListOptions<Row> = {}) {
      return listRows<Row>(
        urlOf(given(queryUrl, 'queryUrl'), context.name, projection.name, listOptions.of),
        listOptions,
      );
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
