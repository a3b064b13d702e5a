export * from './event-store-contract/index.ts';
export * from './pgbouncer.ts';
export * from './private-system.ts';
export * from './random.ts';
export * from './real-servers.ts';
export * from './schema-copy.ts';
export * from './until.ts';
