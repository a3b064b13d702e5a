import type { CommandMetadata, ReceivedCommand } from '../messages/command.ts';
import { type Issue, MalformedMessage } from '../messages/fault.ts';
import type { Message } from '../messages/message.ts';
import { ownOf } from '../messages/own-of.ts';
import { checkProperty, textOfBytes, traceparentIn } from '../messages/received-text.ts';
import { unstorableIn } from '../messages/storable.ts';
import { streamIdOf } from '../messages/stream-id.ts';
import type { Aggregate } from '../modelling/aggregate.ts';
import type { BoundedContext } from '../modelling/bounded-context.ts';

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
  checkProperty('message_id', commandId);
  checkProperty('correlation_id', correlationId);
  checkProperty('causation-id', causationId);
  checkProperty('actor', actor);
  const { aggregate, command } = parseData(context, type, parseJson(received.body));
  const entityId = String(ownOf(command.data as Record<string, unknown>, aggregate.id));
  return {
    command,
    aggregate,
    streamId: streamIdOf(context.name, aggregate.name, entityId),
    metadata: {
      commandId,
      correlationId: correlationId || commandId,
      causationId: causationId || commandId,
      actor: actor || undefined,
      traceparent: traceparentIn(traceparent),
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
  // First: a schema can follow what nests too deep to the end of the stack, and drop a name that it can't keep.
  const unstorable = unstorableIn(data);
  if (unstorable.length > 0) throw invalidData(unstorable);
  const parsed = known.schema.shape.data.safeParse(data);
  if (!parsed.success) {
    throw invalidData(
      parsed.error.issues.map((issue): Issue => ({ path: issue.path.join('.'), message: issue.message })),
    );
  }
  const { aggregate } = known;
  checkId(aggregate.id, String(ownOf(parsed.data as Record<string, unknown>, aggregate.id)));
  return { aggregate, command: { type: known.schema.shape.type.value, data: parsed.data } };
}

/** Bytes that an aggregate's id may have in UTF-8: indexes of the stores hold it, and paths of HTTP. */
const MAX_ID_BYTES = 1024;

/** @throws MalformedMessage for an id that could be no part of a stream's name */
function checkId(field: string, id: string): void {
  const bytes = new TextEncoder().encode(id).length;
  if (bytes > 0 && bytes <= MAX_ID_BYTES) return;
  throw invalidData([{ path: field, message: `has ${bytes} bytes, and may have from 1 to ${MAX_ID_BYTES}` }]);
}

/** What is told of one message: junk of a megabyte is not answered with more of it. */
const MAX_ISSUES = 20;
const MAX_ISSUE_LENGTH = 300;

function invalidData(all: readonly Issue[]): MalformedMessage {
  const issues = all
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => ({ path: shortened(path), message: shortened(message) }));
  const said = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  if (all.length > MAX_ISSUES) said.push(`and ${all.length - MAX_ISSUES} more`);
  return new MalformedMessage('invalid_data', said.join('; '), issues);
}

/** In whole characters. */
function shortened(text: string): string {
  return text.length <= MAX_ISSUE_LENGTH ? text : `${text.slice(0, MAX_ISSUE_LENGTH).replace(/[\ud800-\udbff]$/, '')}…`;
}

function parseJson(body: string | Uint8Array): unknown {
  const text = typeof body === 'string' ? body : textOfBytes(body, 'the body');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedMessage('not_json', `the body is not JSON: ${(error as Error).message}`);
  }
}
