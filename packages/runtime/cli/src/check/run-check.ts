import { type App, InvalidApp } from '@daybook/app';
import { silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { connectParkedCommands } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { configFrom, InvalidConfiguration } from '@daybook/service';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';
import { CliSettings } from '../settings.ts';
import { serviceSettings } from './service-settings.ts';

/** A person waits for the answer, milliseconds. */
const DEADLINE_MS = 5_000;

/** What to leave out. */
export interface CheckOptions {
  /** Whether the connections are not tried. */
  readonly offline?: boolean;
}

/** Prints a line for each part of the app, and one for each problem. @throws CommandFailed when there are problems */
export async function runCheck(around: CliEnvironment, { offline = false }: CheckOptions): Promise<void> {
  const report = createReport(around.print);
  const app = await loadedApp(around, report);
  if (app !== undefined) {
    for (const { name } of app.contexts) report.tell(`context ${name}`, []);
    checkSettings(app, around.env, report);
  }
  if (!offline) await checkConnections(app, around.env, report);
  if (report.problems() > 0) throw new CommandFailed(countOf(report.problems()));
}

interface Report {
  /** One line when there are no problems, else one for each. */
  tell(what: string, problems: readonly string[]): void;
  problems(): number;
}

function createReport(print: (line: string) => void): Report {
  let count = 0;
  return {
    tell(what, problems) {
      count += problems.length;
      if (problems.length === 0) print(`ok       ${what}`);
      for (const problem of problems) print(`problem  ${what}: ${problem}`);
    },
    problems: () => count,
  };
}

async function loadedApp(around: CliEnvironment, report: Report): Promise<App | undefined> {
  try {
    const app = await around.loadApp();
    report.tell('app', []);
    return app;
  } catch (error) {
    if (error instanceof InvalidApp) report.tell('app', error.problems);
    else report.tell('app', [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
    return undefined;
  }
}

/** A variable that several services read is told once. */
function checkSettings(app: App, env: NodeJS.ProcessEnv, report: Report): void {
  const problems = new Set<string>();
  for (const schema of Object.values(serviceSettings(app.contexts))) {
    try {
      configFrom(schema, env);
    } catch (error) {
      if (!(error instanceof InvalidConfiguration)) throw error;
      for (const line of error.lines) problems.add(line);
    }
  }
  report.tell('settings', [...problems]);
}

async function checkConnections(app: App | undefined, env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  let config: ReturnType<typeof configFrom<typeof CliSettings.shape>>;
  try {
    config = configFrom(CliSettings, env);
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    return report.tell('connections', ['not tried, for the settings above are not allowed']);
  }
  const common = { log: silent, applicationName: 'daybook', deadlineMs: DEADLINE_MS };
  await checked('event store', 'EVENT_STORE_URL', report, async () => {
    const store = await openEventStore({ url: config.EVENT_STORE_URL, ...common });
    return { ping: () => store.ping(), close: () => store.close() };
  });
  await checked('read store', 'READ_STORE_URL', report, async () => {
    const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, ...common });
    return { ping: () => rows.ping(), close: () => rows.close() };
  });
  await checked('broker', 'RABBITMQ_URL', report, async () => {
    const contexts = app?.contexts.map(({ name }) => name) ?? [];
    const commands = await connectParkedCommands({ url: config.RABBITMQ_URL, contexts, log: silent });
    return { ping: async () => {}, close: () => commands.close() };
  });
}

/** Connects, asks, closes. */
async function checked(
  what: string,
  variable: string,
  report: Report,
  open: () => Promise<{ ping(): Promise<void>; close(): Promise<void> }>,
): Promise<void> {
  try {
    const opened = await open();
    try {
      await opened.ping();
    } finally {
      await opened.close().catch(() => {});
    }
    report.tell(what, []);
  } catch (error) {
    const [said] = (error instanceof Error ? error.message : String(error)).split('\n');
    report.tell(what, [`${said}; ${variable} says where it is`]);
  }
}

function countOf(problems: number): string {
  return problems === 1 ? '1 problem was found' : `${problems} problems were found`;
}
