import type { World } from './world.ts';

/** Between two looks at what is parked, milliseconds. */
const EVERY_MS = 100;

/** A person has mended what was broken, and has all that is parked tried again. */
export function operate(world: World): void {
  const { scheduler, broker, groups, inMemory } = world;
  scheduler.later(EVERY_MS, () => {
    for (const group of groups.values()) group.replay(scheduler.now);
    inMemory?.replay();
    for (const { message, reason } of broker.parked.splice(0)) {
      if (reason.code === 'failed') broker.enqueue(message.received);
    }
    operate(world);
  });
}
