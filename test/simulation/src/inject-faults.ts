import type { Fleet } from './fleet.ts';
import type { World } from './world.ts';

/** How often something may go wrong beside the requests, milliseconds. */
const EVERY_MS = 3;

/** Crashes, dropped connections, outages, and consumers that come and go, until the faults are healed. */
export function injectFaults(world: World, fleet: Fleet): void {
  const { scheduler, faults, network, commandConsumers } = world;
  scheduler.later(EVERY_MS, () => {
    if (faults.healed) return;
    const mishap = faults.mishap();
    switch (mishap) {
      case undefined:
        break;
      case 'crash': {
        const { processes } = fleet;
        if (processes.length > 0) fleet.crash(faults.detail.pick(processes));
        break;
      }
      case 'connection drop': {
        const consumers = [...commandConsumers.values()];
        if (consumers.length === 0) break;
        scheduler.note('a connection to the broker drops');
        faults.detail.pick(consumers).drop();
        break;
      }
      case 'join':
        void fleet.join();
        break;
      case 'leave':
        void fleet.leave();
        break;
      case 'outage of the event store':
      case 'outage of the read store':
      case 'outage of the broker':
        scheduler.note(mishap);
        network.outages.set(mishap.slice('outage of the '.length), scheduler.now + faults.detail.between(10, 200));
        break;
    }
    injectFaults(world, fleet);
  });
}
