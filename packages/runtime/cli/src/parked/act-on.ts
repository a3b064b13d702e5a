import { Unavailable } from '@daybook/core';
import type { Servers } from '../servers.ts';
import { type Act, recordActs } from './acts.ts';
import type { CommandItem, EventItem, ParkedItem } from './parked-items.ts';

/** What was done, and what could not be. */
export interface Done {
  readonly done: number;
  readonly failed: readonly { readonly item: ParkedItem; readonly why: string }[];
}

/**
 * Records the act on each item, then does it, and records as well what it could not be done to. What fails stays parked, and
 * the next one is taken.
 * @param progress told how many are done
 * @throws Unavailable; the acts on what is left are recorded then, but not done
 */
export async function actOn(
  servers: Servers,
  items: readonly ParkedItem[],
  act: Act,
  progress: (done: number) => void = () => {},
): Promise<Done> {
  let done = 0;
  const failed: { item: ParkedItem; why: string }[] = [];
  for (const context of new Set(items.map((item) => item.context))) {
    const mine = items.filter((item) => item.context === context);
    await recordActs(await servers.store(), context, mine, act);
    const commands = mine.filter((item): item is CommandItem => item.kind === 'command');
    const events = mine.filter((item): item is EventItem => item.kind === 'event');
    const before = done;
    const outcome = await actOnCommands(servers, context, commands, act, (count) => progress(before + count));
    done += outcome.done;
    const notDone = [...outcome.failed];
    for (const item of events) {
      try {
        done += await actOnEvent(servers, item, act);
      } catch (error) {
        if (error instanceof Unavailable) throw error;
        notDone.push({ item, why: (error as Error).message });
      }
      progress(done);
    }
    for (const { item, why } of notDone) {
      await recordActs(await servers.store(), context, [item], { ...act, verb: 'fail', reason: why });
    }
    failed.push(...notDone);
  }
  return { done, failed };
}

async function actOnCommands(
  servers: Servers,
  context: string,
  items: readonly CommandItem[],
  { verb }: Act,
  progress: (done: number) => void,
): Promise<Done> {
  if (items.length === 0) return { done: 0, failed: [] };
  const ids = items.map(({ command }) => command.id);
  const commands = await servers.commands();
  const { done, failed } = await (verb === 'replay'
    ? commands.replay(context, ids, progress)
    : commands.discard(context, ids, progress));
  return {
    done,
    failed: failed.flatMap(({ id, why }) => {
      const item = items.find(({ command }) => command.id === id);
      return item === undefined ? [] : [{ item, why }];
    }),
  };
}

/** By its position: what was parked since the person looked is left alone. */
async function actOnEvent(servers: Servers, { group, context, event }: EventItem, { verb }: Act): Promise<number> {
  const { position } = event.event;
  const store = await servers.store();
  if (verb === 'replay') return store.replayParked(group, context, position);
  return (await store.discardParked(group, context, position)) ? 1 : 0;
}
