import { unstorableTexts } from './storable-text.ts';

test.each(['', 'plain', 'ü 😀 \n\t', '\\u0000', '\uffff'])('%j can be stored', (text) => {
  expect(unstorableTexts({ text })).toEqual([]);
});

test.each(['a\0', '\ud800', 'x\udc00y', '\ude00\ud83d'])('%j can not, wherever it is', (text) => {
  const message = 'has a character that is none: NUL, or half a surrogate pair';
  expect(unstorableTexts({ list: [1, null, { text }] })).toEqual([{ path: 'list.2.text', message }]);
});
