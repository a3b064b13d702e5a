import { z } from 'zod';
import { command } from './message.ts';
import { personal, personalFields } from './personal.ts';

test('the personal fields of a message are found, however they are wrapped', () => {
  const schema = command('Invite', {
    uuid: z.uuid(),
    name: personal(z.string().min(1)),
    email: personal(z.email().meta({ description: 'Where the invitation goes.' })).optional(),
    friends: z.array(personal(z.string())).nullable(),
    table: z.int(),
  });
  expect(personalFields(schema)).toEqual(['name', 'email', 'friends']);
  expect(schema.shape.data.shape.email.unwrap().meta()).toEqual({
    description: 'Where the invitation goes.',
    personal: true,
  });
});
