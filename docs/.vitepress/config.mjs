import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { checkLinks } from './check-links.mjs';

/** Files that pages link to and that are no pages: they are copied as they are. */
const FILES = ['api', 'performance/figures.json', 'performance/figures.svg'];

/** A group of the sidebar: `[title, link]` for each page. */
const group = (text, pages) => ({ text, items: pages.map(([title, link]) => ({ text: title, link })) });

const sidebar = [
  group('Start', [
    ['Ten minutes', '/start'],
    ['Tutorial: a bounded context', '/tutorial'],
  ]),
  group('Concepts', [
    ['Events and streams', '/concepts/events-and-streams'],
    ['Commands and outcomes', '/concepts/commands-and-outcomes'],
    ['Read models', '/concepts/read-models'],
    ['Process managers and deadlines', '/concepts/process-managers-and-deadlines'],
    ['Time travel', '/concepts/time-travel'],
    ['What runs where', '/concepts/architecture'],
  ]),
  group('Guides: the model', [
    ['An aggregate', '/guides/aggregate'],
    ['A projection', '/guides/projection'],
    ['A process manager', '/guides/process-manager'],
    ['A deadline', '/guides/deadline'],
    ['An event handler', '/guides/event-handler'],
    ['Testing', '/guides/testing'],
    ['Rules across aggregates', '/guides/rules-across-aggregates'],
    ['Changing events', '/guides/changing-events'],
  ]),
  group('Guides: your own code', [
    ['Command middleware', '/guides/command-middleware'],
    ['HTTP routes', '/guides/http-routes'],
    ['SQL consumers', '/guides/sql-consumers'],
    ['Side effects', '/guides/side-effects'],
  ]),
  group('Guides: production', [
    ['Deploying', '/guides/deploying'],
    ['Operating', '/guides/operating'],
    ['Upgrading Daybook', '/guides/upgrading'],
  ]),
  group('Reference', [
    ['Configuration', '/reference/configuration'],
    ['Commands over HTTP', '/reference/http'],
    ['Commands over AMQP', '/reference/amqp'],
    ['Read models and queries', '/reference/queries'],
    ['Command line', '/reference/command-line'],
    ['Packages', '/reference/packages'],
    ['Glossary', '/glossary'],
  ]),
  group('Evidence', [
    ['Guarantees', '/guarantees'],
    ['Simulation', '/simulation'],
    ['Performance', '/performance/'],
    ['Decisions', '/adr/'],
  ]),
  group('Coming from', [
    ['Commanded', '/coming-from/commanded'],
    ['Axon', '/coming-from/axon'],
    ['Emmett', '/coming-from/emmett'],
    ['Marten and Wolverine', '/coming-from/marten-wolverine'],
  ]),
];

export default defineConfig({
  title: 'Daybook',
  description: 'CQRS and event sourcing in TypeScript, on Postgres and RabbitMQ',
  lang: 'en',
  cleanUrls: true,
  cacheDir: './node_modules/.vitepress',
  // GitHub shows a folder's README.md; a site its index.html.
  rewrites: { 'performance/README.md': 'performance/index.md', 'adr/README.md': 'adr/index.md' },
  markdown: { theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Concepts', link: '/concepts/events-and-streams' },
      { text: 'Guides', link: '/guides/aggregate' },
      { text: 'Reference', link: '/reference/configuration' },
      { text: 'Guarantees', link: '/guarantees' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
  },
  buildEnd({ srcDir, outDir }) {
    for (const file of FILES) cpSync(join(srcDir, file), join(outDir, file), { recursive: true });
    checkLinks(outDir);
  },
});
