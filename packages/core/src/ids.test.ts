import { dueCommandIdOf, effectIdOf, eventIdOf, followUpIdOf, snapshotIdOf } from './ids.ts';

test('ids are the same for ever: those that are stored were made by them', () => {
  const id = 'b2f0f7a0-6f5e-4c4e-9f3c-0a51f0f6a001';
  expect({
    event: eventIdOf(id, 0),
    unicode: eventIdOf('kommando-äé😀', 1),
    followUp: followUpIdOf(id, 'IssueReview', 0),
    snapshot: snapshotIdOf(id),
    effect: effectIdOf(id, 'NotifyApplicant'),
    due: dueCommandIdOf(id, 'expire', 'RejectContract'),
  }).toMatchInlineSnapshot(`
{
  "due": "05a18aab-fcfa-5b3c-919b-0795ad602c97",
  "effect": "e15e0a7b-3eb3-5e44-96b5-6498644dbeb8",
  "event": "e0d5371d-76c6-5e3b-a0d6-2637b63738ae",
  "followUp": "f4ca294f-69a9-54cc-81d6-329d71f483a0",
  "snapshot": "1ed5b5c2-3ae6-5db3-9be5-9416346cec96",
  "unicode": "42bdc0e8-ea05-5596-a89c-c8b68ddeb465",
}
`);
});
