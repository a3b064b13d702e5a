import { Watchers } from './watchers.ts';

test('each is told of its key, as often as it watches, until it stops; nothing is left behind', () => {
  const watchers = new Watchers();
  const told: string[] = [];
  const tellA = () => told.push('a');
  const stops = [watchers.add('a', tellA), watchers.add('a', tellA), watchers.add('b', () => told.push('b'))];
  watchers.tell('a');
  watchers.tell('nobody');
  expect(told.splice(0)).toEqual(['a', 'a']);
  stops[0]?.();
  stops[0]?.();
  watchers.tellAll();
  expect(told.splice(0)).toEqual(['a', 'b']);
  for (const stop of stops) stop();
  watchers.tellAll();
  expect([told, watchers.size]).toEqual([[], 0]);
});
