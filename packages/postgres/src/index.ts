export * from './batches.ts';
export * from './database.ts';
export * from './faults.ts';
export * from './notifications.ts';
