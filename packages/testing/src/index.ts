export * from './event-store-contract/index.ts';
export * from './given-when-then.ts';
export * from './private-system.ts';
export * from './real-servers.ts';
export * from './recorded-events.ts';
export * from './until.ts';
