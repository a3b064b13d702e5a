export * from './batches.ts';
export * from './database.ts';
export * from './faults.ts';
export * from './hold-name.ts';
export * from './listen-options.ts';
export * from './notifications.ts';
