import type { Publication, Publisher } from './publisher.ts';

/** What is measured: the whole system, or the bare pipeline. Both on servers of their own, with the same settings. */
export interface Subject {
  readonly name: 'daybook' | 'floor';
  connectPublisher(): Promise<Publisher>;
  /** How many rows `loan_applications`, or what stands for it, has. */
  rows(): Promise<number>;
  /** How many of them were submitted. */
  rowsSubmitted(): Promise<number>;
  /** Which of these loans have a row. */
  visible(ids: readonly string[]): Promise<string[]>;
  /** Sends a command and returns once its row can be queried; undefined where there is no such call. */
  readonly strongCall?: ((command: Publication) => Promise<void>) | undefined;
  /** Stops what sends follow-up commands and mails; nothing where there is none. */
  pauseFollowUps(): Promise<void>;
  resumeFollowUps(): Promise<void>;
  /** Resident memory of its processes, MB, by name. */
  memory(): Record<string, number>;
  stop(): Promise<void>;
}
