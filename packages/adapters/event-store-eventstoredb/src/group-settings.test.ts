import { groupOfSafeName, groupSettings, safeGroupName } from './group-settings.ts';

test('a group is made with explicit settings: the defaults begin with new events, and do not follow links', () => {
  expect(JSON.parse(JSON.stringify(groupSettings(30_000)))).toMatchObject({
    resolveLinkTos: true,
    startFrom: { low: 0, high: 0 },
    messageTimeout: 30_000,
    maxRetryCount: 1_000_000,
    minCheckPointCount: 1,
    namedConsumerStrategy: 'Pinned',
  });
});

test('names of groups are made safe, and stay different', () => {
  expect(safeGroupName('projector.loan_application-2')).toBe('projector.loan_application-2');
  expect(safeGroupName('a/b::c')).toBe('a~00002fb~00003a~00003ac');
  expect(groupOfSafeName(safeGroupName('a/b::c~1 \u{1f600}'))).toBe('a/b::c~1 \u{1f600}');
  expect(safeGroupName('a b')).not.toBe(safeGroupName('a_b'));
});
