import { MalformedMessage, TemporaryRefusal, Unavailable } from '@daybook/core';
import { type MailCatcher, startMailCatcher } from '@daybook/mail-catcher';
import { connectSmtp } from './connect-smtp.ts';

const mail = { to: 'ann', subject: 'Größe: "5"', text: 'first line\n.\nlast line' };
const options = { from: 'Daybook <no-reply@daybook.example>', domain: 'daybook.example', timeoutMs: 2000 };

test('a mail arrives as it was written, with the id it was given', async () => {
  await usingCatcher(async (catcher) => {
    const mailer = connectSmtp({ url: catcher.url, ...options });
    await mailer.ping();
    await mailer.send('0001', mail);
    await mailer.send('0002', { ...mail, to: 'bob@elsewhere.example' });
    await mailer.close();
    expect(catcher.mails).toEqual([
      { messageId: '<0001@daybook.example>', from: 'no-reply@daybook.example', ...mail, to: ['ann@daybook.example'] },
      {
        messageId: '<0002@daybook.example>',
        from: 'no-reply@daybook.example',
        ...mail,
        to: ['bob@elsewhere.example'],
      },
    ]);
  });
});

test.each([
  ['a list of addresses', 'a@x.example, b@x.example'],
  ['a line of its own', 'ann@x.example\r\nBcc: everybody@x.example'],
])('%s in place of an address reaches nobody else', async (_what, to) => {
  await usingCatcher(async (catcher) => {
    const mailer = connectSmtp({ url: catcher.url, ...options });
    await mailer.send('0003', { ...mail, to }).catch(() => {});
    await mailer.close();
    expect(catcher.mails.flatMap((caught) => caught.to)).not.toContain('everybody@x.example');
    expect(catcher.mails.every((caught) => caught.to.length === 1)).toBe(true);
  });
});

test('a mailbox that the server refuses is the fault of the mail, a server that is not there is not', async () => {
  const catcher = await startMailCatcher({ refuses: (address) => address.startsWith('nobody@') });
  const mailer = connectSmtp({ url: catcher.url, ...options });
  const refused: unknown = await mailer.send('0004', { ...mail, to: 'nobody' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Error);
  expect(refused).not.toBeInstanceOf(Unavailable);
  await catcher.stop();
  await expect(mailer.send('0005', mail)).rejects.toThrow(Unavailable);
  await expect(mailer.ping()).rejects.toThrow(Unavailable);
  await mailer.close();
});

test.each([450, 451, 452])('a mailbox that answers %i concerns its mail alone, and only for now', async (code) => {
  const catcher = await startMailCatcher({ refuses: (address) => address.startsWith('full@') && code });
  const mailer = connectSmtp({ url: catcher.url, ...options });
  await expect(mailer.send('0006', { ...mail, to: 'full' })).rejects.toThrow(TemporaryRefusal);
  await mailer.send('0007', mail);
  await mailer.close();
  await catcher.stop();
});

test('a server that says it is closing concerns all mails', async () => {
  const catcher = await startMailCatcher({ refuses: () => 421 });
  const mailer = connectSmtp({ url: catcher.url, ...options });
  await expect(mailer.send('0008', mail)).rejects.toThrow(Unavailable);
  await mailer.close();
  await catcher.stop();
});

test.each(['', ' ', '\t'])('a mail to %j goes nowhere, and the error says why', async (to) => {
  await usingCatcher(async (catcher) => {
    const mailer = connectSmtp({ url: catcher.url, ...options });
    await expect(mailer.send('0009', { ...mail, to })).rejects.toThrow(MalformedMessage);
    await mailer.close();
    expect(catcher.mails).toEqual([]);
  });
});

async function usingCatcher(work: (catcher: MailCatcher) => Promise<void>): Promise<void> {
  const catcher = await startMailCatcher();
  try {
    await work(catcher);
  } finally {
    await catcher.stop();
  }
}
