/** A command set aside for a person, whole, with the reason. */
export interface ParkedCommand {
  /** Its message id; for one that came without, a name made of its content. */
  readonly id: string;
  readonly type: string | undefined;
  /** With the partition that it came to, `loans.RequestLoan.8`. */
  readonly routingKey: string;
  readonly correlationId: string | undefined;
  /** What the sender put into the headers. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly code: string;
  readonly reason: string;
  readonly stack: string | undefined;
  /** Tries before it was given up; undefined when the broker itself set it aside. */
  readonly attempts: number | undefined;
  /** RFC 3339; undefined when the broker itself set it aside. */
  readonly parkedAt: string | undefined;
}

/** What a person can do about commands that could not be handled. Looking changes nothing. */
export interface ParkedCommands {
  /** @returns at most `limit`, the oldest first. @throws Unavailable */
  list(context: string, limit: number): Promise<readonly ParkedCommand[]>;
  /**
   * Has commands handled again: each goes back to where it came from before it is no longer parked, so that a crash
   * between leaves two copies, which have one outcome.
   * @param ids one for each; of several with the same id the oldest is meant
   * @returns how many were there. @throws Unavailable
   */
  replay(context: string, ids: readonly string[]): Promise<number>;
  /** Gives up commands: they are gone. @returns how many were there. @throws Unavailable */
  discard(context: string, ids: readonly string[]): Promise<number>;
  close(): Promise<void>;
}
