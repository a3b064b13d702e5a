import {
  type BoundedContext,
  hasPosition,
  isCommandRecord,
  isCommandRejected,
  type MessageSchema,
  ownOf,
  parseStreamId,
  personalFields,
  type RecordedEvent,
} from '@daybook/core';
import { z } from 'zod';

/** What happened to an entity: an event, or a refused command, whose data are the command's. */
export const HistoryEntry = z
  .object({
    position: z.int().nullable().meta({ description: 'Of the feed; null where the event store does not tell it.' }),
    stream: z.string(),
    revision: z.int(),
    event_id: z.string(),
    type: z.string().meta({
      description: '`CommandRejected` for a refused command, `CommandHadNoEffect` where there was nothing to do.',
    }),
    data: z.record(z.string(), z.unknown()),
    refused: z
      .object({ command: z.string(), code: z.string(), message: z.string() })
      .optional()
      .meta({ description: 'Of a refused command: which, and why; `data` is what it said.' }),
    had_no_effect: z
      .string()
      .optional()
      .meta({ description: 'The command that was accepted though there was nothing to do; `data` is what it said.' }),
    withheld: z.array(z.string()).meta({
      description: 'Fields of `data` that are not shown: personal data, and what no schema knows (any more).',
    }),
    recorded_at: z.string().meta({ description: 'By the clock of the command-service that decided.' }),
    actor: z.string().nullable().meta({ description: 'Who asked: a person, or the name of a process manager.' }),
    command_id: z.string(),
    causation_id: z
      .string()
      .meta({ description: 'What caused it: the `event_id` of another event, or the command itself.' }),
    correlation_id: z.string().meta({ description: 'The conversation.' }),
    annotations: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'What the command middlewares of the app noted about the decision.' }),
  })
  .meta({ id: 'HistoryEntry' });
type HistoryEntry = z.infer<typeof HistoryEntry>;

/** An event as a history shows it. */
export function historyEntryOf(context: BoundedContext, event: RecordedEvent): HistoryEntry {
  const { streamId, revision, id, type, metadata } = event;
  const { recorded_at, actor = null, command_id, causation_id, correlation_id, annotations } = metadata;
  const position = hasPosition(event) ? event.position : null;
  const noted = annotations === undefined ? {} : { annotations };
  const by = { recorded_at, actor, command_id, causation_id, correlation_id, ...noted };
  return { position, stream: streamId, revision, event_id: id, type, ...saidBy(context, event), ...by };
}

function saidBy(
  context: BoundedContext,
  event: RecordedEvent,
): Pick<HistoryEntry, 'data' | 'refused' | 'had_no_effect' | 'withheld'> {
  if (!isCommandRecord(event)) return shownOf(eventSchemaOf(context, event), event.data);
  const { command, data } = event.data;
  const shown = shownOf(context.commands.get(command)?.schema, data);
  if (!isCommandRejected(event)) return { had_no_effect: command, ...shown };
  const { code, message } = event.data;
  return { refused: { command, code, message }, ...shown };
}

function eventSchemaOf({ aggregates }: BoundedContext, { streamId, type }: RecordedEvent): MessageSchema | undefined {
  const { aggregate } = parseStreamId(streamId);
  const events = aggregates.find(({ name }) => name === aggregate)?.events.options;
  return events?.find(({ shape }) => shape.type.value === type);
}

/** Only what a schema has and does not mark as personal: of all else nobody knows whether it is about a person. */
function shownOf(schema: MessageSchema | undefined, data: unknown): Pick<HistoryEntry, 'data' | 'withheld'> {
  const personal = schema === undefined ? [] : personalFields(schema);
  const isShown = (name: string) => ownOf(schema?.shape.data.shape, name) !== undefined && !personal.includes(name);
  const fields = Object.entries((data ?? {}) as Record<string, unknown>);
  return {
    data: Object.fromEntries(fields.filter(([name]) => isShown(name))),
    withheld: fields.flatMap(([name]) => (isShown(name) ? [] : [name])),
  };
}
