import type { BoundedContext, Message, Reply } from '@daybook/core';
import type { FastifyInstance } from 'fastify';

/** What may be said of a command beside its data; what is left out is as in the gateway's own routes. */
export interface SendOptions {
  /** The idempotency key, 1 to 255 visible ASCII characters: sent again with the same one, a command is answered as before. A new one when left out. */
  readonly commandId?: string | undefined;
  /** Who asks, 1 to 255 printable ASCII characters. */
  readonly actor?: string | undefined;
  /** The conversation that the command belongs to. The command's id when left out. */
  readonly correlationId?: string | undefined;
  /** The message that caused the command. */
  readonly causationId?: string | undefined;
  /** W3C trace context; one that is none is left out. */
  readonly traceparent?: string | undefined;
  /** Milliseconds to wait for the outcome, at most as long as the gateway itself does (`REQUEST_TIMEOUT_MS`), which is the default. */
  readonly timeoutMs?: number | undefined;
}

/** What routes of the app's own on the command-gateway are given. */
export interface GatewayTools {
  /**
   * Sends a command as the gateway's own routes do, and awaits its outcome.
   *
   * @param context of the app, or its name
   * @returns the reply: accepted, rejected, invalid (nothing was sent) or failed
   * @throws MalformedMessage when the context or an option is not allowed, which is answered 400; Unavailable when no outcome
   * came in time, which is answered 504 or 503, as by the gateway's own routes: the command may still take effect
   */
  send<C extends Message>(context: BoundedContext<C> | string, command: C, options?: SendOptions): Promise<Reply>;
}

/**
 * Routes of the app's own on the command-gateway: a Fastify plugin. Schemas are zod's. They stand in `/openapi.json`, and
 * what they throw is answered as problem+json. Hooks and decorators stay within them.
 *
 * @example
 * ```ts
 * const gatewayRoutes: GatewayRoutes = (api, { send }) => {
 *   api.post('/imports', { schema: { body: z.object({ titles: z.array(z.string()) }) } }, async (request) => {
 *     const { titles } = request.body as { titles: string[] };
 *     return Promise.all(titles.map((title) => send(library, { type: 'AddBook', data: { title } })));
 *   });
 * };
 * ```
 */
export type GatewayRoutes = (api: FastifyInstance, tools: GatewayTools) => void | Promise<void>;

/** What routes of the app's own on the query-service are given. */
export interface QueryTools {
  /**
   * Asks the read store: tables of the app's consumers, and of each projection the view `read_models.<name>` of its rows.
   * The connection only reads: what writes fails. A statement may take ten seconds.
   *
   * @param values of the parameters `$1`, `$2`, …
   * @throws Unavailable when the database is away, which is answered 503; the database's error when the statement is wrong,
   * which is answered 500
   */
  query<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * Routes of the app's own on the query-service: a Fastify plugin, as {@link GatewayRoutes} is.
 *
 * @example
 * ```ts
 * const queryRoutes: QueryRoutes = (api, { query }) => {
 *   api.get('/reports/requested', async () => ({ items: await query('select day, loans from reports.requested order by day') }));
 * };
 * ```
 */
export type QueryRoutes = (api: FastifyInstance, tools: QueryTools) => void | Promise<void>;
