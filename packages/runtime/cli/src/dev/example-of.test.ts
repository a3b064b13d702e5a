import { accounts } from '@daybook/accounts';
import { loans } from '@daybook/loans';
import { meetups } from '@daybook/meetups';
import { exampleOf } from './example-of.ts';

const commands = [loans, meetups, accounts].flatMap(({ commands }) => [...commands]);

test.each(commands)('the example of %s fits its schema', (type, { schema }) => {
  const data = exampleOf(schema.shape.data);
  expect(schema.safeParse({ type, data })).toMatchObject({ success: true });
});
