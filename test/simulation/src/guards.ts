/** What the guarantees rest on. `--mutate` takes each away in turn, to show that a run notices. */
export const GUARDS = [
  'command-id memory',
  'answers before a snapshot',
  'expected revision',
  'projection revision guard',
  'projection gap reading',
  'row compare-and-set',
  'items with their entity',
  'deterministic follow-up ids',
  'secret follow-up ids',
  'confirm before ack',
  'deterministic deadline ids',
  'confirm before mark',
  'checkpoint compare-and-set',
  'park before ack',
  'ack then reply',
  'park holds later',
] as const;
export type Guard = (typeof GUARDS)[number];
