import type { Publication, Publisher } from './publisher.ts';

/** A read model that is built anew. */
export type Rebuilt = 'loan_applications' | 'loan_facts';

/** The URL of a read API, and its paths. */
interface Queries {
  readonly url: string;
  byId(id: string): string;
  readonly list: string;
  asOfNow(id: string): string;
}

/** What is measured: the whole system, or the bare pipeline. Both on servers of their own, with the same settings. */
export interface SystemUnderTest {
  readonly name: 'daybook' | 'baseline';
  connectPublisher(): Promise<Publisher>;
  /** How many rows `loan_applications`, or what stands for it, has. */
  rows(): Promise<number>;
  /** How many of these loans have a row; only those that were submitted, if asked. */
  rowsOf(ids: readonly string[], only?: 'submitted'): Promise<number>;
  /**
   * Calls back for each of these loans, once, as soon as its row can be read: by the notification that goes with the
   * row's commit, which takes some tenths of a millisecond. Nothing is asked of the database meanwhile.
   * @returns once it listens; call what it returns at the end
   */
  watchRows(ids: readonly string[], onVisible: (id: string) => void): Promise<() => Promise<void>>;
  /** Sends a command and returns once its rows can be read; undefined where there is no such call. */
  readonly strongCall?: ((command: Publication) => Promise<void>) | undefined;
  /** Walks loans through all of their life, which takes six events; returns once the last row is right. */
  walk(loans: readonly Publication[]): Promise<void>;
  /** Makes an aggregate of so many events. @returns how it is loaded after a restart, whole and from what was kept of it */
  aggregateOf(events: number): Promise<{ whole(): Promise<unknown>; snapshot(): Promise<unknown> }>;
  /** Where rows are asked for over HTTP. */
  queries(): Promise<Queries>;
  /** Folds a log of so many events into an empty read model. @returns seconds, from the start until it answers */
  rebuild(readModel: Rebuilt, events: number): Promise<number>;
  stop(): Promise<void>;
}
