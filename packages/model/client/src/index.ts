export { type Client, type ClientOptions, connectClient, type SendOptions } from './connect-client.ts';
export type { Consistency } from './consistency.ts';
export type { FollowOptions, Update } from './follow.ts';
export type { List, ListOptions, RowProblem } from './queries.ts';
export { NotYet, type ReadOptions } from './read-options.ts';
export type { Sent } from './send-over-http.ts';
