export { createInMemoryCommandBus } from './command-bus.ts';
export { InMemoryEventStore } from './event-store.ts';
export { InMemoryReadStore } from './read-store.ts';
