/** A command set aside for a person, whole, with the reason. */
export interface ParkedCommand {
  /** Its message id; for one that came without, a name that no other one has. */
  readonly id: string;
  readonly type: string | undefined;
  /** With the partition that it came to, `loans.RequestLoan.8`. */
  readonly routingKey: string;
  readonly correlationId: string | undefined;
  /** What the sender put into the headers. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** As much of it as is shown: a large one in part. */
  readonly body: string;
  /** Of the whole body, bytes. */
  readonly bodyBytes: number;
  readonly code: string;
  readonly reason: string;
  readonly stack: string | undefined;
  /** Tries before it was given up; undefined when the broker itself set it aside. */
  readonly attempts: number | undefined;
  /** RFC 3339; undefined when the broker itself set it aside. */
  readonly parkedAt: string | undefined;
}

/** What became of an act on several parked commands. */
export interface ActedOn {
  /** How many it was done to. */
  readonly done: number;
  /** Those that it could not be done to: they are parked as before. */
  readonly failed: readonly { readonly id: string; readonly why: string }[];
}

/**
 * What a person can do about commands that could not be handled. Looking changes nothing, and sees all of them; two that
 * look at the same context at once come one after the other.
 */
export interface ParkedCommands {
  /** @returns all of them, the oldest first. @throws Unavailable */
  list(context: string): Promise<readonly ParkedCommand[]>;
  /**
   * Has commands handled again: each goes back to where it came from before it is no longer parked, so that a crash
   * between leaves two copies, which have one outcome.
   * @param ids one for each; of several with the same id the oldest is meant. What is not parked is left out
   * @param progress told how many are done
   * @throws Unavailable
   */
  replay(context: string, ids: readonly string[], progress?: (done: number) => void): Promise<ActedOn>;
  /** Gives up commands: they are gone. The rest is as with a replay. @throws Unavailable */
  discard(context: string, ids: readonly string[], progress?: (done: number) => void): Promise<ActedOn>;
  close(): Promise<void>;
}
