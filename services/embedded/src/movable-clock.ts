import { type Clock, systemClock } from '@daybook/core';

/** The machine's time, which a test may move ahead. */
export interface MovableClock extends Clock {
  /** Moves the time ahead: what falls due until then is due now. @param ms milliseconds, not below 0 */
  advance(ms: number): void;
}

/** A clock that runs as the machine's does, until it is moved. Pauses take as long as they do. */
export function createMovableClock(): MovableClock {
  let ahead = 0;
  return {
    now: () => new Date(systemClock.now().getTime() + ahead),
    sleep: systemClock.sleep,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`a clock can't be moved by ${ms} ms: it only goes ahead`);
      ahead += ms;
    },
  };
}
