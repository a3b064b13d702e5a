import { Mailboxes } from './mailboxes.ts';

test('one key in order, other keys at once, an error disturbs nobody', async () => {
  const mailboxes = new Mailboxes();
  const seen: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = mailboxes.run('a', () => gate.then(() => Promise.reject(new Error('no'))));
  const second = mailboxes.run('a', async () => seen.push('a2'));
  await mailboxes.run('b', async () => seen.push('b1'));
  expect(seen).toEqual(['b1']);
  open();
  await expect(first).rejects.toThrow('no');
  await second;
  expect(seen).toEqual(['b1', 'a2']);
  await Promise.resolve();
  expect(mailboxes.size).toBe(0);
});
