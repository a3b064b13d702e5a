import type { LiveBuilds, Projection } from '@daybook/core';

/** Every projection's live build is the one given, or else the code's own, for ever. */
export function alwaysLive(live?: Projection): Omit<LiveBuilds, 'stop'> {
  return {
    read: (projection, read) => read(live ?? projection),
    current: (projection) => live ?? projection,
    onSwitch: () => () => {},
  };
}
