import type { World } from './world.ts';

/** Whether the servers have nothing left to do. */
export function isQuiet({ broker, network, groups, inMemory, commandConsumers }: World): boolean {
  const settled = [...commandConsumers.values()].every(({ idle }) => idle);
  return (
    settled &&
    network.changing === 0 &&
    broker.idle &&
    inMemory?.idle !== false &&
    [...groups.values()].every(({ idle }) => idle)
  );
}

/** What keeps a run from ending, for people. */
export function whatWaits({ broker, groups }: World, clientsDone: boolean): string {
  const busy = [...groups.values()].filter(({ idle }) => !idle).map(({ name }) => name);
  return `clients ${clientsDone ? 'done' : 'waiting'}, ${broker.queue.length} in the queue, groups not finished: ${busy.join(', ') || 'none'}`;
}
