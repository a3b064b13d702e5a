/**
 * `<context>-<Aggregate>-<id>`. The part up to the first dash is the category, which is the bounded context;
 * the part after the second is the entity, shared by all aggregates that describe it.
 *
 * @example
 * ```ts
 * streamIdOf('loans', 'LoanRequest', '7c9e6679'); // 'loans-LoanRequest-7c9e6679'
 * ```
 */
export function streamIdOf(context: string, aggregate: string, id: string): string {
  return `${context}-${aggregate}-${id}`;
}

/**
 * @returns the three parts of a stream's name; @throws Error when it isn't one
 *
 * @example
 * ```ts
 * parseStreamId('loans-LoanRequest-7c9e6679'); // { context: 'loans', aggregate: 'LoanRequest', entityId: '7c9e6679' }
 * ```
 */
export function parseStreamId(streamId: string): { context: string; aggregate: string; entityId: string } {
  const first = streamId.indexOf('-');
  const second = streamId.indexOf('-', first + 1);
  if (first < 1 || second < first + 2 || second === streamId.length - 1 || streamId.includes('\0')) {
    throw new Error(`invalid stream name '${streamId}', expected <context>-<Aggregate>-<id>`);
  }
  return {
    context: streamId.slice(0, first),
    aggregate: streamId.slice(first + 1, second),
    entityId: streamId.slice(second + 1),
  };
}
