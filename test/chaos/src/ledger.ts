import type { Reply } from '@daybook/core';

/** A command that was published. */
export interface Published {
  readonly commandId: string;
  readonly type: string;
  /** Whether the broker confirmed one of its publications, or a reply came. */
  confirmed: boolean;
  /** Times it was offered. */
  offered: number;
  /** Every reply that was seen. */
  readonly replies: Reply[];
}

/** What the publishers did and saw: all that the check at the end may believe of them. */
export class Ledger {
  readonly commands = new Map<string, Published>();

  offer(commandId: string, type: string): Published {
    const known = this.commands.get(commandId) ?? { commandId, type, confirmed: false, offered: 0, replies: [] };
    known.offered++;
    this.commands.set(commandId, known);
    return known;
  }

  get confirmed(): Published[] {
    return [...this.commands.values()].filter(({ confirmed }) => confirmed);
  }
}
