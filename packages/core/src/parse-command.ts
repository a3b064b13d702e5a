import type { Aggregate } from './aggregate.ts';
import type { BoundedContext } from './bounded-context.ts';
import type { CommandMetadata, ReceivedCommand } from './command.ts';
import { type Issue, MalformedMessage } from './fault.ts';
import type { Message } from './message.ts';
import { unstorableTexts } from './storable-text.ts';
import { streamIdOf } from './stream-id.ts';

/** A command that is fit to be decided. */
export interface ParsedCommand {
  readonly command: Message;
  readonly aggregate: Aggregate;
  readonly streamId: string;
  readonly metadata: CommandMetadata;
}

/**
 * @param at RFC 3339
 * @throws MalformedMessage with a code, and the issues by field
 */
export function parseCommand(context: BoundedContext, received: ReceivedCommand, at: string): ParsedCommand {
  const { type, commandId, correlationId, causationId, actor, traceparent } = received;
  if (commandId === undefined || commandId === '') {
    throw new MalformedMessage(
      'message_id_missing',
      'a command needs a message_id: it is what makes a repeat harmless',
    );
  }
  const { aggregate, command } = parseData(context, type, parseJson(received.body));
  const entityId = String((command.data as Record<string, unknown>)[aggregate.id]);
  return {
    command,
    aggregate,
    streamId: streamIdOf(context.name, aggregate.name, entityId),
    metadata: {
      commandId,
      correlationId: correlationId ?? commandId,
      causationId: causationId ?? commandId,
      actor,
      traceparent,
      at,
    },
  };
}

/**
 * Checks a command's data against the schema of its type.
 * @throws MalformedMessage `unknown_command` or `invalid_data`
 */
export function parseData(context: BoundedContext, type: string | undefined, data: unknown) {
  const known = type === undefined ? undefined : context.commands.get(type);
  if (known === undefined) {
    const all = [...context.commands.keys()].join(', ');
    throw new MalformedMessage(
      'unknown_command',
      `'${type ?? ''}' is no command of ${context.name}; these are: ${all}`,
    );
  }
  const parsed = known.schema.shape.data.safeParse(data);
  if (!parsed.success) {
    throw invalidData(
      parsed.error.issues.map((issue): Issue => ({ path: issue.path.join('.'), message: issue.message })),
    );
  }
  const unstorable = unstorableTexts(parsed.data);
  if (unstorable.length > 0) throw invalidData(unstorable);
  return { aggregate: known.aggregate, command: { type: known.schema.shape.type.value, data: parsed.data } };
}

function invalidData(issues: readonly Issue[]): MalformedMessage {
  const said = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new MalformedMessage('invalid_data', said, issues);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MalformedMessage('not_json', `the body is not JSON: ${(error as Error).message}`);
  }
}
