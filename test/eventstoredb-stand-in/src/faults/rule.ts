import type { CommandName } from '../protocol/commands.ts';

/** What a fault is for; anything left out matches all. */
export interface Matching {
  readonly command?: CommandName;
  readonly stream?: string;
  readonly group?: string;
  /** How often it fires, 1 unless told. */
  readonly times?: number;
}

/** A fault that was asked for. */
export interface Fault {
  /** How often it has happened. */
  readonly fired: number;
  /** It happens no more. */
  cancel(): void;
}

/** A fault as the server asks for it. */
export interface Rule extends Fault {
  /** True, and counted, when it is to happen now. */
  fires(at: { command?: CommandName; stream?: string; group?: string }): boolean;
}

/** Makes a rule that fires as often as it is told. */
export function createRule({ command, stream, group, times = 1 }: Matching): Rule {
  let fired = 0;
  let left = times;
  return {
    get fired() {
      return fired;
    },
    cancel() {
      left = 0;
    },
    fires(at) {
      const matches =
        (command === undefined || command === at.command) &&
        (stream === undefined || stream === at.stream) &&
        (group === undefined || group === at.group);
      if (!matches || left <= 0) return false;
      left -= 1;
      fired += 1;
      return true;
    },
  };
}
