export { type Client, type ClientOptions, connectClient, type SendOptions } from './connect-client.ts';
export type { List, ListOptions } from './queries.ts';
