import { type Consumer, hasRoom } from './consumer.ts';
import { createPinned } from './pinned.ts';
import type { Strategy } from './strategy.ts';

/** A strategy by its name in the protocol, undefined when there is none of that name. */
export function createStrategy(name: string): Strategy | undefined {
  switch (name) {
    case 'RoundRobin':
      return createInTurn(true);
    case 'DispatchToSingle':
      return createInTurn(false);
    case 'Pinned':
      return createPinned();
    default:
      return undefined;
  }
}

/** The first with room; round robin then puts it last, dispatch to single stays with it until it is full. */
function createInTurn(rotate: boolean): Strategy {
  const consumers: Consumer[] = [];
  return {
    add: (consumer) => void consumers.push(consumer),
    remove: (consumer) => void consumers.splice(consumers.indexOf(consumer), 1),
    choose() {
      const index = consumers.findIndex(hasRoom);
      const chosen = consumers[index];
      if (!chosen) return 'all-full';
      if (rotate) consumers.push(...consumers.splice(index, 1));
      return chosen;
    },
    settled() {},
  };
}
