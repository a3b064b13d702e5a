export * from './given-when-then.ts';
export * from './recorded-events.ts';
