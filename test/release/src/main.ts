/**
 * The published packages, tried from outside: publishes them to a registry of its own, has the generator make an app in an
 * empty folder, runs it, then upgrades it with its data still there. Run from the repository's root, after the build.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandInProcess } from '@daybook/eventstoredb-stand-in';
import { freePort, requireRabbitmq, startPostgres } from '@daybook/local-servers';
import { createApp, type OutsideApp } from './app.ts';
import { createByAmqp, createByHttp, newBook, requireRow } from './messages.ts';
import { OTHER_MANAGERS, tryWith } from './package-managers.ts';
import { copyWorkspace, publishAll, type Workspace } from './publish.ts';
import { type Registry, startRegistry } from './registry.ts';
import { type Running, type Servers, startEmbedded, startServices } from './services.ts';
import { createSteps } from './steps.ts';

/** All in all; each command and each server has less. */
const TIMEOUT_MS = 9 * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'daybook-release-'));
const ending: (() => Promise<unknown> | unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stopping.abort(new Error(`interrupted by ${signal}`)));
}
const timer = setTimeout(() => stopping.abort(new Error(`not done after ${TIMEOUT_MS / 60_000} minutes`)), TIMEOUT_MS);
const { step, finish } = createSteps(stopping.signal);

let registry: Registry;
let workspace: Workspace;
let published: readonly string[];
let app: OutsideApp;
let servers: Servers;
let running: Running;
let raised: string;
const books = { embedded: newBook('Emma'), http: newBook('Persuasion'), amqp: newBook('Evelina') };

/** Starts something that must not outlive the test. */
async function until<Stoppable extends { stop(): Promise<void> }>(starting: Promise<Stoppable>): Promise<Stoppable> {
  const started = await starting;
  ending.push(() => started.stop());
  return started;
}

/** @throws Error unless each of Daybook's packages is there once, in one version, and zod is shared */
function requireOneCopy(version: string): void {
  for (const name of published) {
    const copies = app.copiesOf(name);
    const wrong = copies.length > 1 || copies.some((copy) => copy.version !== version);
    if (wrong) throw new Error(`${name} ${version} was wanted once; there is ${JSON.stringify(copies)}`);
  }
  const zod = app.copiesOf('zod');
  if (zod.length !== 1) throw new Error(`the app and Daybook do not share zod: ${JSON.stringify(zod)}`);
}

await step('a registry of our own answers', async () => {
  registry = await until(startRegistry(join(folder, 'registry')));
});
await step('every package is packed and published', async () => {
  workspace = await copyWorkspace(process.cwd(), join(folder, 'workspace'));
  published = await publishAll(await workspace.pack(), registry);
});
await step('npm create daybook@latest my-app', async () => {
  const parent = join(folder, 'outside');
  mkdirSync(parent);
  app = await createApp(parent, registry);
});
await step('npm install brings one copy of each package, and no client of EventStoreDB', async () => {
  await app.npm('install');
  requireOneCopy(workspace.version);
  if (app.copiesOf('node-eventstore-client').length > 0) throw new Error('node-eventstore-client was installed');
});
await step("the app's own tests pass, its types are right", async () => {
  await app.npm('test');
  await app.npm('run', 'typecheck');
});
await step('the embedded mode takes a command, and answers with its row', async () => {
  running = await until(startEmbedded(app));
  await createByHttp(running.commandsUrl, books.embedded);
  await requireRow(running.queriesUrl, books.embedded);
  await running.stop();
});
await step('an EventStoreDB without its adapter is refused, with what to install', async () => {
  const environment = { EVENT_STORE_URL: 'esdb+tcp://admin:secret@127.0.0.1:1113' };
  const said = await app.daybook(environment, 'start', 'projector').then(
    () => 'nothing',
    (error: Error) => error.message,
  );
  if (!said.includes('npm install @daybook/event-store-eventstoredb')) throw new Error(`it said: ${said}`);
});
await step('RabbitMQ, Postgres and a process for each service start', async () => {
  const quiet = () => {};
  const rabbitmq = await requireRabbitmq({ folder: join(folder, 'rabbitmq'), log: quiet });
  ending.push(() => rabbitmq.remove());
  const postgres = await startPostgres({ folder: join(folder, 'postgres') });
  ending.push(() => postgres.remove());
  servers = { EVENT_STORE_URL: postgres.url, READ_STORE_URL: postgres.url, RABBITMQ_URL: rabbitmq.url };
  await app.daybook(servers, 'migrate');
  running = await until(startServices(app, servers));
});
await step('a command by HTTP is accepted, and its row can be read', async () => {
  await createByHttp(running.commandsUrl, books.http);
  await requireRow(running.queriesUrl, books.http);
});
await step('a command by AMQP is accepted, and its row can be read', async () => {
  await createByAmqp(servers.RABBITMQ_URL ?? '', books.amqp);
  await requireRow(running.queriesUrl, books.amqp);
  await running.stop();
});
for (const manager of OTHER_MANAGERS)
  await step(`an app for ${manager.name} is installed by it, and its CI passes`, async () => {
    const parent = join(folder, manager.name);
    mkdirSync(parent);
    await tryWith(manager, parent, registry);
  });
await step('a raised version is published', async () => {
  raised = await workspace.raise();
  await publishAll(await workspace.pack(), registry);
});
await step('npm update brings it, all packages at once', async () => {
  await app.npm('update');
  requireOneCopy(raised);
});
await step("the app's own tests pass again", async () => {
  await app.npm('test');
});
await step('the services go on with the data of before', async () => {
  await app.daybook(servers, 'migrate');
  running = await until(startServices(app, servers));
  await requireRow(running.queriesUrl, books.http);
  await requireRow(running.queriesUrl, books.amqp);
  const another = newBook('Cecilia');
  await createByAmqp(servers.RABBITMQ_URL ?? '', another);
  await requireRow(running.queriesUrl, another);
  await running.stop();
});
await step('the embedded mode goes on with the data of before', async () => {
  running = await until(startEmbedded(app));
  await requireRow(running.queriesUrl, books.embedded);
  await running.stop();
});
await step('with the adapter installed, events are kept in an EventStoreDB', async () => {
  await app.npm('install', '@daybook/event-store-eventstoredb');
  requireOneCopy(raised);
  const standIn = await startStandInProcess(join(folder, 'eventstoredb'), await freePort());
  ending.push(() => standIn.stop());
  running = await until(startServices(app, { ...servers, EVENT_STORE_URL: standIn.url }));
  const book = newBook('Lady Susan');
  await createByHttp(running.commandsUrl, book);
  await requireRow(running.queriesUrl, book);
  await running.stop();
});

clearTimeout(timer);
for (const end of ending.splice(0).reverse()) await Promise.resolve(end()).catch((error) => console.error(error));
process.exit(finish() ? 0 : 1);
