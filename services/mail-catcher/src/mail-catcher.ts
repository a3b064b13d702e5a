import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

/** A mail as it arrived. */
export interface CaughtMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** A mail server that keeps what it gets, and sends nothing on. */
export interface MailCatcher {
  /** `smtp://127.0.0.1:<port>` */
  readonly url: string;
  /** The oldest first; no more than the last {@link KEPT}. */
  readonly mails: readonly CaughtMail[];
  stop(): Promise<void>;
}

/** What to catch, and what to refuse. */
export interface MailCatcherOptions {
  /** 0: the system chooses one. */
  readonly port?: number;
  readonly host?: string;
  /** Whether to refuse mail to an address, as a real server refuses one it does not know; or with which SMTP code, 400 to 599. */
  readonly refuses?: (address: string) => boolean | number;
}

/** Mails that are kept; an older one makes room. */
export const KEPT = 1000;

/** Starts a mail server on this machine. @throws Error when the port is taken */
export async function startMailCatcher(options: MailCatcherOptions = {}): Promise<MailCatcher> {
  const { port = 0, host = '127.0.0.1', refuses = () => false } = options;
  const mails: CaughtMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onRcptTo({ address }, _session, callback) {
      const refused = refuses(address);
      const responseCode = typeof refused === 'number' ? refused : 550;
      callback(refused === false ? null : Object.assign(new Error('no such mailbox'), { responseCode }));
    },
    onData(stream, session, callback) {
      read(stream).then((caught) => {
        mails.push({ ...caught, to: session.envelope.rcptTo.map(({ address }) => address) });
        if (mails.length > KEPT) mails.shift();
        callback(null);
      }, callback);
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.server.address() as AddressInfo;
  return {
    url: `smtp://${host}:${bound}`,
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function read(stream: SMTPServerDataStream): Promise<Omit<CaughtMail, 'to'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const { messageId = '', from, subject = '', text = '' } = await PostalMime.parse(Buffer.concat(chunks));
  return { messageId, from: from?.address ?? '', subject, text: text.trimEnd() };
}
