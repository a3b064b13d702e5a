import type { RecordedEvent } from '../messages/event.ts';
import { fingerprint } from '../messages/fingerprint.ts';
import type { RecordedOutcome } from '../messages/reply.ts';
import { outcomeWith } from './outcomes.ts';

/** How a command was answered. */
export interface Answer {
  readonly outcome: RecordedOutcome;
  /** Of what was asked; undefined in events older than this field. */
  readonly digest: string | undefined;
}

/** Reads the aggregate's stream. */
export type ReadStream = (fromRevision: number, limit: number) => Promise<readonly RecordedEvent[]>;

const NONE = new Uint32Array(0);

/** Events read at once in search of one command's. */
const PAGE = 100;

/**
 * The commands that an aggregate has answered. The latest are kept whole; of the others only a fingerprint is, one for
 * each revision, four bytes: enough to know that a command is new, and where to look when it may not be.
 */
export class ProcessedCommands {
  #latest = new Map<string, Answer>();
  #condensed: Uint32Array;
  #size: number;

  /** @param fingerprints of the command ids of the stream's first events, one a revision */
  constructor(fingerprints: Uint32Array = NONE) {
    this.#condensed = fingerprints;
    this.#size = fingerprints.length;
  }

  /** Counts the stream's next event. */
  add(event: RecordedEvent): void {
    const { command_id, command_digest } = event.metadata;
    const outcome = outcomeWith(this.#latest.get(command_id)?.outcome, event);
    this.#latest.set(command_id, { outcome, digest: command_digest });
  }

  /** How the command was answered, if it is among the latest. */
  latest(commandId: string): Answer | undefined {
    return this.#latest.get(commandId);
  }

  /** How the command was answered, undefined when it never was. @throws what `read` throws */
  async find(commandId: string, read: ReadStream): Promise<Answer | undefined> {
    const latest = this.latest(commandId);
    if (latest !== undefined) return latest;
    const wanted = fingerprint(commandId);
    const condensed = this.#condensed.subarray(0, this.#size);
    for (let at = condensed.indexOf(wanted); at !== -1; at = condensed.indexOf(wanted, at + 1)) {
      const answer = await answerAt(at, commandId, read);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  /** Keeps no more than the fingerprints of the commands so far. */
  condense(): void {
    for (const [commandId, { outcome }] of this.#latest) {
      const events = outcome.status === 'accepted' ? outcome.events.length : 1;
      this.#grow(this.#size + events);
      this.#condensed.fill(fingerprint(commandId), this.#size, this.#size + events);
      this.#size += events;
    }
    this.#latest = new Map();
  }

  /** The fingerprints of the condensed commands, one a revision. */
  fingerprints(fromRevision: number): Uint32Array {
    return this.#condensed.slice(fromRevision, this.#size);
  }

  #grow(size: number): void {
    if (size <= this.#condensed.length) return;
    const larger = new Uint32Array(Math.max(size, this.#condensed.length * 1.5));
    larger.set(this.#condensed);
    this.#condensed = larger;
  }
}

/** The answer whose first event stands at the revision, if it is of this command. */
async function answerAt(revision: number, commandId: string, read: ReadStream): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  for (let from = revision; ; from += PAGE) {
    const events = await read(from, PAGE);
    for (const event of events) {
      const { command_id, command_digest } = event.metadata;
      if (command_id !== commandId) return answer;
      answer = { outcome: outcomeWith(answer?.outcome, event), digest: command_digest };
    }
    if (events.length < PAGE) return answer;
  }
}
