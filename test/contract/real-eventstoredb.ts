import { spawnSync } from 'node:child_process';
import { freePort } from '@daybook/local-servers';
import { GenericContainer, Wait } from 'testcontainers';

/** The last version that speaks TCP. */
const IMAGE = 'eventstore/eventstore:23.10.7-jammy';
const PULL_TIMEOUT_MS = 300_000;
const START_TIMEOUT_MS = 120_000;

/** A real EventStoreDB. Without `kill` and `start` it is somebody else's, and not ours to crash. */
export interface RealEventStoreDb {
  readonly url: string;
  kill?(): Promise<void>;
  start?(): Promise<void>;
  remove(): Promise<void>;
}

/** How to have a real EventStoreDB here, or why there is none. */
export function realEventStoreDb(): { start: () => Promise<RealEventStoreDb> } | { reason: string } {
  const url = process.env.DAYBOOK_TEST_EVENTSTORE_URL;
  if (url?.startsWith('esdb+tcp://')) return { start: async () => ({ url, remove: async () => {} }) };
  if (url) return { reason: `DAYBOOK_TEST_EVENTSTORE_URL=${new URL(url).protocol}… is no EventStoreDB` };
  if (!docker('info'))
    return { reason: 'no real server: DAYBOOK_TEST_EVENTSTORE_URL is not set, and no Docker engine answers' };
  if (!docker('image', 'inspect', IMAGE) && !docker('pull', '--quiet', IMAGE)) {
    return { reason: `no real server: DAYBOOK_TEST_EVENTSTORE_URL is not set, and Docker can't pull ${IMAGE}` };
  }
  return { start: startContainer };
}

function docker(...args: string[]): boolean {
  return spawnSync('docker', args, { stdio: 'ignore', timeout: PULL_TIMEOUT_MS }).status === 0;
}

async function startContainer(): Promise<RealEventStoreDb> {
  const port = await freePort();
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_ENABLE_EXTERNAL_TCP: 'true',
      EVENTSTORE_EXT_TCP_PORT: '1113',
      EVENTSTORE_NODE_TCP_PORT: '1113',
      EVENTSTORE_RUN_PROJECTIONS: 'System',
      EVENTSTORE_START_STANDARD_PROJECTIONS: 'true',
    })
    // The same port after a restart.
    .withExposedPorts({ container: 1113, host: port }, 2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return {
    url: `esdb+tcp://admin:changeit@127.0.0.1:${port}`,
    kill: async () => void docker('kill', container.getId()),
    start: () => container.restart(),
    remove: async () => void (await container.stop()),
  };
}
