import { Unavailable } from '@daybook/core';
import { headersOf, NotYet, type ReadOptions } from './read-options.ts';

/** Which rows to list. */
export interface ListOptions<Row> extends ReadOptions {
  /** Only the rows of this entity, where entities have several. */
  readonly of?: string;
  /** Column → value; only the columns that the projection declares. */
  readonly filters?: { readonly [Column in keyof Row & string]?: string };
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** One page of a list. */
export interface List<Row> {
  readonly items: readonly Row[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
  /** One for each row of the page that does not fit its schema, and so is not among the items; undefined without any. */
  readonly problems?: readonly RowProblem[] | undefined;
}

/** What is wrong with a row that can't be shown. */
export interface RowProblem {
  readonly detail: string;
  /** Its keys. */
  readonly row: Readonly<Record<string, string>>;
}

/** Where a projection's rows are found: its name in kebab-case, under its context's. */
export function urlOf(queryUrl: string, context: string, projection: string, id?: string): URL {
  const path = `/${context}/${projection.replaceAll('_', '-')}`;
  return new URL(queryUrl.replace(/\/$/, '') + path + (id === undefined ? '' : `/${encodeURIComponent(id)}`));
}

/** @throws Unavailable, NotYet, or Error for an answer that is no row */
export async function getRow<Row>(url: URL, options: ReadOptions): Promise<Row | undefined> {
  const response = await ask(url, options);
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  return (await jsonOf(response)) as Row;
}

/** As it travels. */
interface Page<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
  readonly problems?: readonly RowProblem[];
}

/** @throws Unavailable, NotYet, or Error for an answer that is no list */
export async function listRows<Row>(url: URL, options: ListOptions<Row>): Promise<List<Row>> {
  const { filters = {}, limit, cursor } = options;
  setFilters(url, filters);
  if (limit !== undefined) url.searchParams.set('limit', String(limit));
  if (cursor !== undefined) url.searchParams.set('cursor', cursor);
  const page = (await jsonOf(await ask(url, options))) as Page<Row>;
  return { items: page.items, next: page.next ?? undefined, problems: page.problems };
}

/** Asks only for rows that have these values. */
export function setFilters(url: URL, filters: Readonly<Record<string, string | undefined>>): void {
  for (const [column, value] of Object.entries(filters)) {
    if (value !== undefined) url.searchParams.set(column, value);
  }
}

const TIMEOUT_MS = 10_000;

async function ask(url: URL, options: ReadOptions): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS + (options.waitMs ?? 0));
    return await fetch(url, { headers: headersOf(options), signal });
  } catch (error) {
    throw new Unavailable(url.origin, error);
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  if (response.ok) return response.json();
  const said = await response.text();
  if (response.status === 412) throw new NotYet(response.url, said);
  if (response.status >= 500 && !said.includes('urn:daybook:problem:row-unreadable'))
    throw new Unavailable(response.url, `it answered ${response.status}: ${said}`);
  throw new Error(`${response.url} answered ${response.status}: ${said}`);
}
