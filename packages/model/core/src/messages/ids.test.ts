import type { EventMetadata } from './event.ts';
import { decidedEventIdOf, dueCommandIdOf, effectIdOf, eventIdOf, followUpIdOf, snapshotIdOf } from './ids.ts';

const metadata = {} as EventMetadata;

test('ids are the same for ever: those that are stored were made by them', () => {
  const id = 'b2f0f7a0-6f5e-4c4e-9f3c-0a51f0f6a001';
  expect({
    event: eventIdOf(id, 0),
    unicode: eventIdOf('kommando-äé😀', 1),
    decided: decidedEventIdOf('loans-LoanRequest-1', id, 0),
    followUp: followUpIdOf({ id, metadata }, 'IssueReview', 0),
    secretFollowUp: followUpIdOf({ id, metadata: { ...metadata, follow_up_secret: 's' } }, 'IssueReview', 0),
    snapshot: snapshotIdOf(id),
    effect: effectIdOf(id, 'NotifyApplicant'),
    secondEffect: effectIdOf(id, 'NotifyApplicant', 1),
    due: dueCommandIdOf({ event_id: id }, 'expire', 'RejectContract'),
    secretDue: dueCommandIdOf({ event_id: id, follow_up_secret: 's' }, 'expire', 'RejectContract'),
  }).toMatchInlineSnapshot(`
    {
      "decided": "4f2de7fd-d940-5077-b1f1-c82437b596c3",
      "due": "05a18aab-fcfa-5b3c-919b-0795ad602c97",
      "effect": "e15e0a7b-3eb3-5e44-96b5-6498644dbeb8",
      "event": "e0d5371d-76c6-5e3b-a0d6-2637b63738ae",
      "followUp": "f4ca294f-69a9-54cc-81d6-329d71f483a0",
      "secondEffect": "de0334a4-0186-51d9-a9ac-159075f7e82c",
      "secretDue": "7184efd1-8170-5006-ba93-4847119f7cc2",
      "secretFollowUp": "9c8e5497-24d1-519c-88ea-2bf9155ce0d7",
      "snapshot": "1ed5b5c2-3ae6-5db3-9be5-9416346cec96",
      "unicode": "42bdc0e8-ea05-5596-a89c-c8b68ddeb465",
    }
  `);
});

test('no command id makes an event id that is derived otherwise, and no two streams share one', () => {
  const [event, handler] = ['b2f0f7a0-6f5e-4c4e-9f3c-0a51f0f6a001', 'Notify'];
  const ids = [effectIdOf(event, handler, 0), snapshotIdOf(event), eventIdOf(event, 0)];
  const names = [`${event}/${handler}/effect`, event, `["s","${event}",0]`, `${event}/snapshot`];
  for (const name of names) expect(ids).not.toContain(decidedEventIdOf('s', name, 0));
  expect(decidedEventIdOf('a', 'b","c', 0)).not.toBe(decidedEventIdOf('a","b', 'c', 0));
  expect(decidedEventIdOf('a', 'c', 0)).not.toBe(decidedEventIdOf('b', 'c', 0));
});
