import type { World } from './world.ts';

/** Whether the servers have nothing left to do. */
export function isQuiet(world: World): boolean {
  const { broker, network, groups, inMemory, commandConsumers } = world;
  const settled = [...commandConsumers.values()].every(({ idle }) => idle);
  return (
    settled &&
    network.changing === 0 &&
    broker.idle &&
    openDeadlines(world).length === 0 &&
    inMemory?.idle !== false &&
    [...groups.values()].every(({ idle }) => idle)
  );
}

/** Entities for which a command has yet to be sent when its time has come. */
function openDeadlines({ deadlines, tables }: World): string[] {
  return deadlines.flatMap(({ table }) => tables.allRows(table).map(({ entity_id }) => String(entity_id)));
}

/** What keeps a run from ending, for people. */
export function whatWaits(world: World, clientsDone: boolean): string {
  const { broker, groups } = world;
  const busy = [...groups.values()].filter(({ idle }) => !idle).map(({ name }) => name);
  return `clients ${clientsDone ? 'done' : 'waiting'}, ${broker.queue.length} in the queue, groups not finished: ${busy.join(', ') || 'none'}, deadlines open: ${openDeadlines(world).join(', ') || 'none'}`;
}
