import { type Act, recordActs } from './acts.ts';
import type { CommandItem, EventItem, ParkedItem } from './parked-items.ts';
import type { Servers } from './servers.ts';

/**
 * Records the act on each item, then does it.
 * @returns how many were still parked. @throws Unavailable; the acts on what is left are recorded then, but not done
 */
export async function actOn(servers: Servers, items: readonly ParkedItem[], act: Act): Promise<number> {
  let done = 0;
  for (const context of new Set(items.map((item) => item.context))) {
    const mine = items.filter((item) => item.context === context);
    await recordActs(await servers.store(), context, mine, act);
    const commands = mine.filter((item): item is CommandItem => item.kind === 'command');
    const events = mine.filter((item): item is EventItem => item.kind === 'event');
    if (commands.length > 0) done += await actOnCommands(servers, context, commands, act);
    for (const item of events) done += await actOnEvent(servers, item, act);
  }
  return done;
}

async function actOnCommands(
  servers: Servers,
  context: string,
  items: readonly CommandItem[],
  { verb }: Act,
): Promise<number> {
  const ids = items.map(({ command }) => command.id);
  const commands = await servers.commands();
  return verb === 'replay' ? commands.replay(context, ids) : commands.discard(context, ids);
}

/** By its position: what was parked since the person looked is left alone. */
async function actOnEvent(servers: Servers, { group, context, event }: EventItem, { verb }: Act): Promise<number> {
  const { position } = event.event;
  const store = await servers.store();
  if (verb === 'replay') return store.replayParked(group, context, position);
  return (await store.discardParked(group, context, position)) ? 1 : 0;
}
