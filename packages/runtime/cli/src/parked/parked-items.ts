import { type BoundedContext, groupsOf, type ParkedCommand, type ParkedEvent } from '@daybook/core';
import { CommandFailed } from '../command-failed.ts';
import type { Servers } from '../servers.ts';

/** A command that waits for a person. */
export interface CommandItem {
  readonly kind: 'command';
  readonly context: string;
  readonly command: ParkedCommand;
}

/** An event that a group could not handle. */
export interface EventItem {
  readonly kind: 'event';
  readonly context: string;
  readonly group: string;
  readonly event: ParkedEvent;
}

/** Something that waits for a person. */
export type ParkedItem = CommandItem | EventItem;

/** Which of what is parked. */
export interface Selection {
  /** All contexts when left out. */
  readonly context?: string | undefined;
  /** Only these, unless both or neither are asked for. */
  readonly commands?: boolean | undefined;
  readonly events?: boolean | undefined;
  /** Only those of this command or event type. */
  readonly type?: string | undefined;
  /** Only commands with this code, as `invalid_data`. */
  readonly code?: string | undefined;
  /** Only those parked before, or not before, this moment. One whose moment is not known is in neither. */
  readonly before?: Date | undefined;
  readonly after?: Date | undefined;
}

/** @returns what is parked, context by context, commands first. @throws CommandFailed, Unavailable */
export async function parkedItems(servers: Servers, selection: Selection): Promise<ParkedItem[]> {
  const { commands = false, events = false } = selection;
  const items: ParkedItem[] = [];
  for (const context of chosenContexts(servers, selection.context)) {
    if (commands || !events) items.push(...(await commandsOf(servers, context.name)));
    if (events || !commands) {
      for (const group of await parkedGroups(servers, context.name))
        items.push(...(await eventsOf(servers, context.name, group)));
    }
  }
  return items.filter((item) => isSelected(item, selection));
}

function isSelected(item: ParkedItem, { type, code, before, after }: Selection): boolean {
  const parkedAt = item.kind === 'command' ? item.command.parkedAt : item.event.parkedAt;
  const at = parkedAt === undefined ? Number.NaN : Date.parse(parkedAt);
  return (
    (type === undefined || type === (item.kind === 'command' ? item.command.type : item.event.event.type)) &&
    (code === undefined || (item.kind === 'command' && item.command.code === code)) &&
    (before === undefined || at < before.getTime()) &&
    (after === undefined || at >= after.getTime())
  );
}

/** @returns one for each parked copy. @throws CommandFailed when there is none; Unavailable */
export async function findCommand(servers: Servers, id: string, context?: string): Promise<CommandItem[]> {
  for (const { name } of chosenContexts(servers, context)) {
    const found = (await commandsOf(servers, name)).filter(({ command }) => command.id === id);
    if (found.length > 0) return found;
  }
  throw new CommandFailed(`no command '${id}' is parked; 'daybook parked list --commands' shows what is`);
}

/** @throws CommandFailed when it isn't parked; Unavailable */
export async function findEvent(
  servers: Servers,
  group: string,
  position: number,
  context?: string,
): Promise<EventItem> {
  const chosen = chosenContexts(servers, context);
  const groups = new Set(chosen.flatMap(groupsOf));
  for (const { name } of chosen) {
    for (const parked of await parkedGroups(servers, name)) groups.add(parked);
    const found = (await eventsOf(servers, name, group)).find(({ event }) => event.event.position === position);
    if (found !== undefined) return found;
  }
  if (!groups.has(group)) throw new CommandFailed(`no group '${group}'; there are ${[...groups].join(', ')}`);
  throw new CommandFailed(
    `no event at ${position} is parked by ${group}; 'daybook parked list --events' shows what is`,
  );
}

/** @throws CommandFailed when there is no such context */
export function chosenContexts({ contexts }: Servers, name: string | undefined): readonly BoundedContext[] {
  const chosen = contexts.filter((context) => name === undefined || context.name === name);
  if (chosen.length > 0) return chosen;
  throw new CommandFailed(`no context '${name}'; there are ${contexts.map((context) => context.name).join(', ')}`);
}

async function commandsOf(servers: Servers, context: string): Promise<CommandItem[]> {
  const found = await (await servers.commands()).list(context);
  return found.map((command) => ({ kind: 'command', context, command }));
}

/** From the store and not from the code: a group whose projection has a new version, or is gone, keeps what it parked. */
async function parkedGroups(servers: Servers, context: string): Promise<readonly string[]> {
  return (await servers.store()).listParkedGroups(context);
}

async function eventsOf(servers: Servers, context: string, group: string): Promise<EventItem[]> {
  const found = await (await servers.store()).listParked(group, context);
  return found.map((event) => ({ kind: 'event', context, group, event }));
}
