import type { GatewayTools } from '@daybook/app';
import { afterFault, type BoundedContext, type CommandBus, MalformedMessage, ownOf, streamIdOf } from '@daybook/core';
import { CommandHeaders, commandOf } from './command-headers.ts';
import { parseBody } from './command-route.ts';
import { OutcomeUnknown } from './outcome-unknown.ts';

/** What sending needs. */
export interface SendDependencies {
  readonly contexts: readonly BoundedContext[];
  readonly bus: CommandBus;
  /** The longest that an outcome is waited for, milliseconds. */
  readonly timeoutMs: number;
}

/** Makes what routes of the app's own send commands with. */
export function createSend({ contexts, bus, timeoutMs }: SendDependencies): GatewayTools['send'] {
  return async (of, { type, data }, options = {}) => {
    const context = contextOf(contexts, typeof of === 'string' ? of : of.name);
    const headers = headersOf({
      'idempotency-key': options.commandId,
      'daybook-actor': options.actor,
      'daybook-correlation-id': options.correlationId,
      'daybook-causation-id': options.causationId,
      traceparent: options.traceparent,
    });
    const parsed = parseBody(context, type, data);
    if (parsed instanceof MalformedMessage) {
      const { code, message, issues } = parsed;
      return { status: 'invalid', command_id: options.commandId ?? null, error: { code, message, issues } };
    }
    const message = commandOf(context.name, parsed.command, headers);
    const wait = waitMs(options.timeoutMs, timeoutMs);
    try {
      return await bus.request(message, { timeoutMs: wait });
    } catch (error) {
      if (!(error instanceof MalformedMessage) && afterFault(error) !== 'wait') throw error;
      const entityId = String(ownOf(parsed.command.data as Record<string, unknown>, parsed.aggregate.id));
      throw new OutcomeUnknown(streamIdOf(context.name, parsed.aggregate.name, entityId), message.commandId, error);
    }
  };
}

/** @throws MalformedMessage */
function contextOf(contexts: readonly BoundedContext[], wanted: string): BoundedContext {
  const found = contexts.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const all = contexts.map(({ name }) => name).join(', ');
  throw new MalformedMessage('unknown_context', `the app has no context '${wanted}'; these are: ${all}`);
}

/** @throws MalformedMessage for a value that a header of the gateway's own routes could not have either */
function headersOf(given: Record<string, string | undefined>): CommandHeaders {
  const parsed = CommandHeaders.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new MalformedMessage('invalid_request', issues.map((one) => `${one.path}: ${one.message}`).join('; '), issues);
}

/** @throws MalformedMessage when it is no number above 0 */
function waitMs(wanted: number | undefined, limitMs: number): number {
  if (wanted === undefined) return limitMs;
  if (wanted > 0) return Math.min(wanted, limitMs);
  throw new MalformedMessage('invalid_request', `timeoutMs is ${wanted}: it has to be above 0 milliseconds`);
}
