import fc from 'fast-check';
import { assign, type Member } from './assignment.ts';
import { commandQueuesOf } from './topology.ts';

const CONTEXTS = ['accounts', 'loans', 'meetups'];
const everywhere = (names: readonly string[]): Member[] => names.map((member) => ({ member, contexts: CONTEXTS }));
const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 60 });
const anywhere = fc.uniqueArray(
  fc.record({ member: fc.string({ minLength: 1 }), contexts: fc.subarray(CONTEXTS, { minLength: 1 }) }),
  { minLength: 1, maxLength: 12, selector: ({ member }) => member },
);
const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts);

test('members that serve the same have as many queues as each other, or one more; of each context at most two more', () => {
  fc.assert(
    fc.property(names, (members) => {
      const shares = [...assign(everywhere(members)).values()];
      expect(spread(shares.map(({ size }) => size))).toBeLessThanOrEqual(1);
      for (const context of CONTEXTS) {
        const queues = new Set(commandQueuesOf(context));
        const counts = shares.map((share) => [...share].filter((queue) => queues.has(queue)).length);
        expect(spread(counts)).toBeLessThanOrEqual(2);
      }
    }),
  );
});

test('every queue of a context that somebody serves has one member, which serves it', () => {
  fc.assert(
    fc.property(anywhere, (members) => {
      const shares = assign(members);
      const served = [...new Set(members.flatMap(({ contexts }) => contexts))];
      expect([...shares.values()].flatMap((share) => [...share]).sort()).toEqual(
        served.flatMap(commandQueuesOf).sort(),
      );
      for (const { member, contexts } of members) {
        const own = new Set(contexts.flatMap(commandQueuesOf));
        expect([...(shares.get(member) ?? [])].filter((queue) => !own.has(queue))).toEqual([]);
      }
    }),
  );
});

test('the answer depends on who they are, and not on the order in which they were heard', () => {
  fc.assert(
    fc.property(
      anywhere.chain((members) =>
        fc.tuple(fc.constant(members), fc.shuffledSubarray(members, { minLength: members.length })),
      ),
      ([members, shuffled]) => {
        const reordered = shuffled.map(({ member, contexts }) => ({ member, contexts: [...contexts].reverse() }));
        expect(assign(reordered)).toEqual(assign(members));
      },
    ),
  );
});

test('the youngest only takes: nothing changes hands between the others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
      const members = everywhere(Array.from({ length: count + 1 }, (_, index) => String(index).padStart(3, '0')));
      const before = assign(members.slice(0, -1));
      for (const [member, share] of [...assign(members)].slice(0, -1))
        expect([...share].filter((queue) => !before.get(member)?.has(queue))).toEqual([]);
    }),
  );
});
