import { type Mailer, MalformedMessage, TemporaryRefusal, Unavailable } from '@daybook/core';
import { createTransport } from 'nodemailer';
import type { SMTPError } from 'nodemailer/lib/smtp-connection';

/** How to reach the mail server, and who writes. */
export interface SmtpOptions {
  /** `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte. */
  readonly url: string;
  /** The sender's address. */
  readonly from: string;
  /** Makes an address of an actor who is called by a name alone: `ann` is `ann@<domain>`. */
  readonly domain: string;
  /** Milliseconds until the server is given up. */
  readonly timeoutMs?: number;
}

/** Nodemailer's codes for what a server says of a mail, rather than of itself. */
const ABOUT_THE_MAIL = ['EENVELOPE', 'EMESSAGE'];
/** "Service not available, closing": the server speaks of itself, whatever it was asked (RFC 5321, 3.8). */
const CLOSING = 421;
/** Tries of a mail that the server asks to be sent again later: some fourteen minutes, for servers that greylist. */
const TRIES_LATER = 20;

/** Mail over SMTP, on a few connections that are kept. Connects when it is first used. */
export function connectSmtp({ url, from, domain, timeoutMs = 10_000 }: SmtpOptions): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(id, { to, subject, text }) {
      if (to.trim() === '') throw new MalformedMessage('no_recipient', 'the mail has no recipient: its `to` is blank');
      const address = to.includes('@') ? to : `${to}@${domain}`;
      try {
        await transport.sendMail({ messageId: `<${id}@${domain}>`, from, to: { name: '', address }, subject, text });
      } catch (error) {
        throw faultOf(error);
      }
    },
    async ping() {
      try {
        await transport.verify();
      } catch (error) {
        throw new Unavailable('the mail server', error);
      }
    },
    async close() {
      transport.close();
    },
  };
}

/**
 * What the server says of a mail concerns that one alone: for good (5xx), or for now (4xx of a recipient or of the message).
 * A sender refused for now, a login, and what the server says of itself concern all mails, and they wait.
 */
function faultOf(error: unknown): unknown {
  const { code = '', responseCode = 0, command = '', message } = error as Partial<SMTPError>;
  const ofTheMail = ABOUT_THE_MAIL.includes(code);
  if (ofTheMail && responseCode >= 500) return error;
  if (ofTheMail && responseCode >= 400 && responseCode !== CLOSING && command !== 'MAIL FROM')
    return new TemporaryRefusal(`the mail server refused the mail for now: ${message}`, TRIES_LATER, { cause: error });
  return new Unavailable('the mail server', error);
}
