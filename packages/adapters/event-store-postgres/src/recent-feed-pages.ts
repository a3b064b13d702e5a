import type { FeedPage, FeedPageRequest } from './feed.ts';

/** Stretches kept; groups that follow the feed are rarely further apart. */
const KEPT = 8;

interface Kept {
  readonly key: string;
  readonly after: number;
  readonly limit: number;
  readonly feedPage: Promise<FeedPage>;
  /** How many changes were told of when it was asked for. */
  readonly changes: number;
  /** Once it is read. */
  upTo: number | undefined;
}

/**
 * Groups of one process that follow the same feed read it once: what stands in the log never changes, so a page that
 * one of them has read, or is reading, serves the others as well.
 */
export class RecentFeedPages {
  readonly #read: (request: FeedPageRequest) => Promise<FeedPage>;
  #kept: Kept[] = [];
  #changes = 0;

  constructor(read: (request: FeedPageRequest) => Promise<FeedPage>) {
    this.#read = read;
  }

  /** Something was appended: what is kept may no longer be all there is. */
  changed(): void {
    this.#changes++;
  }

  /** The log may have gone back in time: nothing that was read stands any more. */
  forget(): void {
    this.#kept = [];
  }

  /** Like reading it; it may end before the feed does where an earlier one did. @throws Unavailable */
  async read(request: FeedPageRequest): Promise<FeedPage> {
    const { context, after, limit, upTo, partitions, types } = request;
    // What one consumer reads to become level is of no use to another.
    if (upTo !== undefined) return this.#read(request);
    const key = JSON.stringify([context, partitions, types]);
    const known = this.#kept.find(
      (one) =>
        one.key === key &&
        one.limit <= limit &&
        (one.after === after || (one.after < after && one.upTo !== undefined && after < one.upTo)),
    );
    if (known === undefined) return this.#readNew(key, request);
    const feedPage = await known.feedPage;
    const events = feedPage.events.filter(({ position }) => position > after);
    return { ...feedPage, events, more: feedPage.more || known.changes < this.#changes };
  }

  /** Reads it while what comes before is being handled; whoever asks for it then need not wait. */
  prepare(request: FeedPageRequest): void {
    this.read(request).catch(() => {});
  }

  async #readNew(key: string, request: FeedPageRequest): Promise<FeedPage> {
    const { after, limit } = request;
    const entry: Kept = { key, after, limit, feedPage: this.#read(request), changes: this.#changes, upTo: undefined };
    this.#kept = [...this.#kept.slice(1 - KEPT), entry];
    const forget = () => {
      this.#kept = this.#kept.filter((one) => one !== entry);
    };
    try {
      const feedPage = await entry.feedPage;
      // Nothing new: the next one to ask may see more.
      if (feedPage.upTo === after) forget();
      else entry.upTo = feedPage.upTo;
      return feedPage;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
