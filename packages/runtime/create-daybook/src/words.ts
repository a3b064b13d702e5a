import type { AppOptions } from './options.ts';

/** What stands in the templates' `{{…}}`, for a package manager. */
const MANAGERS = {
  npm: {
    install: 'npm install',
    run: 'npm run',
    test: 'npm test',
    exec: 'npx',
    ciInstall: '      - run: npm ci',
    dockerInstall:
      'COPY package.json package-lock.json* ./\nRUN if [ -f package-lock.json ]; then npm ci; else npm install; fi',
    dockerBuild: 'npm run build && npm prune --omit=dev',
  },
  pnpm: {
    install: 'pnpm install',
    run: 'pnpm run',
    test: 'pnpm test',
    exec: 'pnpm exec',
    ciInstall: '      - run: npm install --global pnpm@10\n      - run: pnpm install --frozen-lockfile',
    dockerInstall:
      'RUN npm install --global pnpm@10\nCOPY package.json pnpm-lock.yaml* ./\nRUN pnpm install --config.node-linker=hoisted',
    dockerBuild: 'pnpm run build && CI=true pnpm prune --prod --config.node-linker=hoisted',
  },
  yarn: {
    install: 'yarn',
    run: 'yarn run',
    test: 'yarn test',
    exec: 'yarn',
    ciInstall: '      - run: yarn install --frozen-lockfile',
    dockerInstall: 'COPY package.json yarn.lock* ./\nRUN yarn install',
    dockerBuild: 'yarn run build && yarn install --production --ignore-scripts --prefer-offline',
  },
} as const;

const POSTGRES_URL = `postgres://daybook:\${POSTGRES_PASSWORD:-development-only}@postgres:5432/daybook`;
const EVENTSTOREDB_URL = 'esdb+tcp://admin:changeit@eventstoredb:1113';

const EVENTSTOREDB_SERVICE = `
  # 23.10 is the last version that the TCP client can talk to. Insecure, and with its TCP interface on: development only.
  eventstoredb:
    image: eventstore/eventstore:23.10.7-jammy
    environment:
      EVENTSTORE_CLUSTER_SIZE: 1
      EVENTSTORE_INSECURE: "true"
      EVENTSTORE_ENABLE_EXTERNAL_TCP: "true"
      EVENTSTORE_EXT_TCP_PORT: 1113
      EVENTSTORE_NODE_TCP_PORT: 1113
      EVENTSTORE_RUN_PROJECTIONS: System
      EVENTSTORE_START_STANDARD_PROJECTIONS: "true"
    volumes: ["eventstoredb:/var/lib/eventstore"]
    restart: unless-stopped
    stop_grace_period: 30s
    healthcheck:
      test: ["CMD-SHELL", "curl --fail --silent http://127.0.0.1:2113/health/live"]
      interval: 3s
      timeout: 5s
      retries: 40
`;

/** The words of the templates by what stands between their braces. */
export function wordsFor({ name, packageManager, eventStore }: AppOptions): Readonly<Record<string, string>> {
  const eventstoredb = eventStore === 'eventstoredb';
  return {
    name,
    ...MANAGERS[packageManager],
    eventStoreUrl: `\${EVENT_STORE_URL:-${eventstoredb ? EVENTSTOREDB_URL : POSTGRES_URL}}`,
    eventStoreDependency: eventstoredb ? '      eventstoredb: { condition: service_healthy }\n' : '',
    eventStoreService: eventstoredb ? EVENTSTOREDB_SERVICE : '',
    eventStoreVolume: eventstoredb ? '  eventstoredb:' : '',
  };
}
