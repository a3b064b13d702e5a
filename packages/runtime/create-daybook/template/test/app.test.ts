import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '@daybook/embedded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import app from '../daybook.config.ts';
import { library } from '../src/library/index.ts';

let daybook: TestApp;

beforeAll(async () => {
  daybook = await startTestApp(app);
});
afterAll(() => daybook?.stop());

test('a command is accepted, and its row can be read', async () => {
  const book_uuid = randomUUID();
  const sent = await daybook.send(library, { type: 'CreateBook', data: { book_uuid, name: 'Emma' } });
  expect(sent.status).toBe('accepted');
  expect(await daybook.query(`/library/books/${book_uuid}`)).toMatchObject({ book_uuid, name: 'Emma' });
});

test('a command that breaks a rule is refused, with its code', async () => {
  const data = { book_uuid: randomUUID(), name: 'Emma' };
  expect(await daybook.send(library, { type: 'RenameBook', data })).toMatchObject({
    status: 'rejected',
    error: { code: 'book_not_found' },
  });
});
