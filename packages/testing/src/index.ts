export * from './given-when-then.ts';
export * from './in-memory-command-bus.ts';
export * from './in-memory-event-store.ts';
export * from './in-memory-read-store.ts';
export * from './real-servers.ts';
export * from './recorded-events.ts';
export * from './until.ts';
