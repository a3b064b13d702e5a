import { join } from 'node:path';
import { silent } from '@daybook/core';
import { freePort, startPostgres } from '@daybook/local-servers';
import { startMailCatcherService } from '@daybook/mail-catcher';

/** What the app's process needs around it. */
export interface LocalSystem {
  /** Of the app's process. */
  readonly env: NodeJS.ProcessEnv;
  readonly commandsUrl: string;
  readonly queriesUrl: string;
  readonly healthUrl: string;
  /** The mails that were caught; undefined where SMTP_URL names a mail server. */
  readonly mailsUrl: string | undefined;
  /** For people. */
  readonly database: string;
  stop(): Promise<void>;
}

/**
 * A Postgres of the app's own below its folder, unless the environment names one, a mail catcher, unless it names a mail
 * server, and ports: those of the environment, or the usual ones when they are free.
 * @param folder keeps the data, from one run to the next
 */
export async function startLocalSystem(folder: string, given: NodeJS.ProcessEnv): Promise<LocalSystem> {
  const ending: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    const eventStoreUrl = given.EVENT_STORE_URL || undefined;
    const readStoreUrl = given.READ_STORE_URL || (eventStoreUrl?.startsWith('postgres') ? eventStoreUrl : undefined);
    let database = 'as EVENT_STORE_URL and READ_STORE_URL say';
    let ownUrl = '';
    if (eventStoreUrl === undefined || readStoreUrl === undefined) {
      const server = await startPostgres({ folder: join(folder, 'postgres') });
      ending.push(() => server.stop());
      ownUrl = server.url;
      database = `${server.url}   (${server.description})`;
    }
    const port = given.PORT || String(await freePort(8080));
    const queryPort = given.QUERY_PORT || String(await freePort(8081));
    const healthPort = given.HEALTH_PORT || String(await freePort(8095));
    let smtpUrl = given.SMTP_URL || undefined;
    let mailsUrl: string | undefined;
    if (smtpUrl === undefined) {
      const catcher = await startMailCatcherService({
        smtpPort: await freePort(1025),
        port: await freePort(8025),
        host: '127.0.0.1',
        log: silent,
      });
      ending.push(() => catcher.stop());
      smtpUrl = catcher.smtpUrl;
      mailsUrl = catcher.mailsUrl;
    }
    const host = given.HOST || '127.0.0.1';
    const shown = host === '0.0.0.0' ? '127.0.0.1' : host;
    return {
      env: {
        ...given,
        EVENT_STORE_URL: eventStoreUrl ?? ownUrl,
        READ_STORE_URL: readStoreUrl ?? ownUrl,
        SMTP_URL: smtpUrl,
        HOST: host,
        PORT: port,
        QUERY_PORT: queryPort,
        HEALTH_PORT: healthPort,
      },
      commandsUrl: `http://${shown}:${port}`,
      queriesUrl: `http://${shown}:${queryPort}`,
      healthUrl: `http://${shown}:${healthPort}/readyz`,
      mailsUrl,
      database,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
