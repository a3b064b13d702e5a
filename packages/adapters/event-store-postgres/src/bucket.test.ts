import { bucketOf } from './bucket.ts';

test.each([
  ['loans-LoanRequest-0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', 799],
  ['loans-LoanContract-0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', 799],
  ['shop-Thing-a', 300],
  ['shop-Thing-ü😀', 246],
])('%s is in the bucket that is stored with its events', (streamId, bucket) => {
  expect(bucketOf(streamId)).toBe(bucket);
});
