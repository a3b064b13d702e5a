import { type Mailer, Unavailable } from '@daybook/core';
import { createTransport } from 'nodemailer';

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

/** A mail that the server refuses for good is its own fault; 4xx asks to come again later, and the rest is the server's trouble. */
function faultOf(error: unknown): unknown {
  const { code = '', responseCode = 0 } = error as { code?: string; responseCode?: number };
  if (ABOUT_THE_MAIL.includes(code) && responseCode >= 500) return error;
  return new Unavailable('the mail server', error);
}
