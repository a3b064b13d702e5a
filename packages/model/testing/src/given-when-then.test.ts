import { aggregate, command, event, reject } from '@daybook/core';
import { z } from 'zod';
import { given } from './given-when-then.ts';

const note = aggregate({
  name: 'Note',
  commands: z.discriminatedUnion('type', [command('Write', { id: z.string(), text: z.string() })]),
  events: z.discriminatedUnion('type', [
    event('Written', {
      id: z.string(),
      text: z.string(),
      by: z.string(),
      at: z.string(),
      tags: z.object({ n: z.int() }),
    }),
  ]),
  id: 'id',
  decider: {
    initial: '',
    decide({ data }, written, { actor = 'nobody', at }) {
      if (data.text === '') return reject('empty');
      if (data.text === written) return [];
      return [{ type: 'Written' as const, data: { ...data, by: actor, at, tags: { n: 1 } } }];
    },
    evolve: (_written, { data }) => data.text,
  },
});

const write = (text: string) => ({ type: 'Write', data: { id: 'a', text } }) as const;
const written = {
  type: 'Written',
  data: { id: 'a', text: 'b', by: 'nobody', at: '2026-01-01T00:00:00.000Z', tags: { n: 1 } },
} as const;

test('events, a refusal, or nothing to do', () => {
  given(note).when(write('b')).then(written);
  given(note).when(write('')).thenRejected('empty');
  given(note, written).when(write('b')).then();
});

test('who asks, and when, is given', () => {
  const at = '2026-03-29T01:30:00.000Z';
  given(note)
    .when(write('b'), { at, actor: 'ada' })
    .then({ ...written, data: { ...written.data, at, by: 'ada' } });
});

test('only some fields are compared', () => {
  const decided = given(note).when(write('b'));
  decided.thenMatching({ type: 'Written', data: { text: 'b' } });
  decided.thenMatching({ type: 'Written', data: { tags: { n: 1 } } });
  decided.thenMatching({ type: 'Written' });
});

test.each([
  [
    'another field',
    () =>
      given(note)
        .when(write('b'))
        .thenMatching({ type: 'Written', data: { text: 'c' } }),
  ],
  [
    'a nested one',
    () =>
      given(note)
        .when(write('b'))
        .thenMatching({ type: 'Written', data: { tags: { n: 2 } } }),
  ],
  ['no event', () => given(note).when(write('b')).thenMatching()],
  ['one event more', () => given(note).when(write('b')).thenMatching({ type: 'Written' }, { type: 'Written' })],
  ['events for a refusal', () => given(note).when(write('')).thenMatching()],
  ['other events', () => given(note).when(write('b')).then()],
  ['a refusal for events', () => given(note).when(write('b')).thenRejected('empty')],
])('%s is told', (_what, check) => {
  expect(check).toThrow(/deeply and strictly|deep-equal/);
});
