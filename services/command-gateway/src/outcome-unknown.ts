import { Unavailable } from '@daybook/core';

/** No outcome of a command came in time: it may still take effect. */
export class OutcomeUnknown extends Unavailable {
  readonly stream: string;
  readonly commandId: string;

  constructor(stream: string, commandId: string, cause: unknown) {
    super(`the outcome of the command ${commandId}`, cause);
    this.stream = stream;
    this.commandId = commandId;
  }
}
