import { addToList, messagesIn } from './edit-source.ts';
import { aggregateFiles } from './index.ts';
import { camelCase, kebabCase, pascalCase, plural, snakeCase } from './names.ts';

test.each(['loan-request', 'loan_request', 'loanRequest', 'LoanRequest', 'Loan Request'])(
  '%s in every case',
  (name) => {
    expect([pascalCase(name), camelCase(name), kebabCase(name), snakeCase(name)]).toEqual([
      'LoanRequest',
      'loanRequest',
      'loan-request',
      'loan_request',
    ]);
  },
);

test.each([
  ['book', 'books'],
  ['entry', 'entries'],
  ['day', 'days'],
  ['box', 'boxes'],
])('%s → %s', (one, many) => expect(plural(one)).toBe(many));

const index = `import { boundedContext } from '@daybook/core';
import { book } from './book.ts';

export const library = boundedContext({
  name: 'library',
  aggregates: [book],
  processManagers: [],
});
`;

test('a value goes to the end of its list, with its import; a second time nothing changes', () => {
  const once = addToList(index, 'aggregates', 'member', './member.ts');
  expect(once).toContain("import { book } from './book.ts';\nimport { member } from './member.ts';\n");
  expect(once).toContain('aggregates: [book, member],');
  expect(addToList(once ?? '', 'aggregates', 'member', './member.ts')).toBe(once);
  expect(addToList(index, 'processManagers', 'remind', './remind.ts')).toContain('processManagers: [remind],');
  expect(addToList(index, 'deadlines', 'due', './due.ts')).toBeUndefined();
});

test('the messages of a generated aggregate are found', () => {
  const text = aggregateFiles('src/library', 'Book')[0]?.text ?? '';
  expect(messagesIn(text, 'command')).toEqual([
    { type: 'CreateBook', union: 'BookCommand' },
    { type: 'RenameBook', union: 'BookCommand' },
  ]);
  expect(messagesIn(text, 'event')).toEqual([
    { type: 'BookCreated', union: 'BookEvent' },
    { type: 'BookRenamed', union: 'BookEvent' },
  ]);
});
