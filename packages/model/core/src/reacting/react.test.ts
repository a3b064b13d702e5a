import { recordedEvents } from '@daybook/testing';
import type { CommandRejected } from '../messages/event.ts';
import { processManager } from '../modelling/process-manager.ts';
import { followUps, react } from './react.ts';

type Asked = { type: 'Asked'; data: { id: string } };
type Answer = { type: 'Answer'; data: { id: string; n: number } };

const answerTwice = processManager<Asked, Answer>({
  name: 'AnswerTwice',
  reactsTo: ['Asked'],
  react: ({ data: { id } }) => [1, 2].map((n) => ({ type: 'Answer', data: { id, n } })),
});
const [asked, other, refused] = recordedEvents(
  ['talk-Question-1', { type: 'Asked', data: { id: '1' } }],
  ['talk-Question-1', { type: 'Forgotten', data: {} }],
  ['talk-Question-1', { type: 'CommandRejected', data: { command: 'Ask', data: {}, code: 'no', message: 'no' } }],
) as [
  ReturnType<typeof recordedEvents>[number],
  ReturnType<typeof recordedEvents>[number],
  ReturnType<typeof recordedEvents>[number],
];

test('the same event causes the same commands, with the same ids', () => {
  const first = followUps('talk', answerTwice, asked);
  expect(followUps('talk', answerTwice, structuredClone(asked))).toEqual(first);
  expect(new Set(first.map(({ commandId }) => commandId)).size).toBe(2);
  expect(first[0]).toMatchObject({
    context: 'talk',
    causationId: asked.id,
    correlationId: 'command-0',
    actor: 'AnswerTwice',
  });
});

test('other events and refused commands cause nothing', () => {
  expect(followUps('talk', answerTwice, other)).toEqual([]);
  expect(followUps('talk', answerTwice, refused)).toEqual([]);
});

test('who says so reacts to a refused command, as to an event', () => {
  const apologise = processManager<CommandRejected, Answer>({
    name: 'Apologise',
    reactsTo: ['CommandRejected'],
    react: ({ data: { command } }) => (command === 'Ask' ? [{ type: 'Answer', data: { id: '1', n: 0 } }] : []),
  });
  expect(followUps('talk', apologise, refused).map(({ command }) => command)).toEqual([
    { type: 'Answer', data: { id: '1', n: 0 } },
  ]);
});

test('it is done when every command is with the broker, and fails when one is not', async () => {
  const sent: string[] = [];
  await react('talk', answerTwice, [asked, other], async ({ command }) => {
    sent.push(JSON.stringify(command.data));
  });
  expect(sent).toEqual(['{"id":"1","n":1}', '{"id":"1","n":2}']);
  await expect(react('talk', answerTwice, [asked], () => Promise.reject(new Error('no broker')))).rejects.toThrow(
    'no broker',
  );
});
