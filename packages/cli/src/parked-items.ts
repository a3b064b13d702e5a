import { contexts } from '@daybook/contexts';
import { type BoundedContext, groupsOf, type ParkedCommand, type ParkedEvent } from '@daybook/core';
import type { Servers } from './servers.ts';
import { UsageError } from './usage-error.ts';

/** The most commands looked at in one go: each is in this process's hands meanwhile. */
export const MOST_COMMANDS = 10_000;

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
}

/** @returns what is parked, context by context, commands first. @throws UsageError, Unavailable */
export async function parkedItems(servers: Servers, selection: Selection): Promise<ParkedItem[]> {
  const { commands = false, events = false } = selection;
  const items: ParkedItem[] = [];
  for (const context of chosenContexts(selection.context)) {
    if (commands || !events) items.push(...(await commandsOf(servers, context.name)));
    if (events || !commands) {
      for (const group of await parkedGroups(servers, context.name))
        items.push(...(await eventsOf(servers, context.name, group)));
    }
  }
  return items;
}

/** @returns one for each parked copy. @throws UsageError when there is none; Unavailable */
export async function findCommand(servers: Servers, id: string, context?: string): Promise<CommandItem[]> {
  for (const { name } of chosenContexts(context)) {
    const found = (await commandsOf(servers, name)).filter(({ command }) => command.id === id);
    if (found.length > 0) return found;
  }
  throw new UsageError(`no command '${id}' is parked; 'daybook parked list --commands' shows what is`);
}

/** @throws UsageError when it isn't parked; Unavailable */
export async function findEvent(
  servers: Servers,
  group: string,
  position: number,
  context?: string,
): Promise<EventItem> {
  const chosen = chosenContexts(context);
  const groups = new Set(chosen.flatMap(groupsOf));
  for (const { name } of chosen) {
    for (const parked of await parkedGroups(servers, name)) groups.add(parked);
    const found = (await eventsOf(servers, name, group)).find(({ event }) => event.event.position === position);
    if (found !== undefined) return found;
  }
  if (!groups.has(group)) throw new UsageError(`no group '${group}'; there are ${[...groups].join(', ')}`);
  throw new UsageError(`no event at ${position} is parked by ${group}; 'daybook parked list --events' shows what is`);
}

/** @throws UsageError when there is no such context */
export function chosenContexts(name: string | undefined): readonly BoundedContext[] {
  const chosen = contexts.filter((context) => name === undefined || context.name === name);
  if (chosen.length > 0) return chosen;
  throw new UsageError(`no context '${name}'; there are ${contexts.map((context) => context.name).join(', ')}`);
}

async function commandsOf(servers: Servers, context: string): Promise<CommandItem[]> {
  const found = await (await servers.commands()).list(context, MOST_COMMANDS);
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
