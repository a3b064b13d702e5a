import { readFileSync } from 'node:fs';
import { CommandGatewaySettings } from '@daybook/command-gateway';
import { CommandServiceSettings } from '@daybook/command-service';
import { embeddedSettings } from '@daybook/embedded';
import { EventHandlerSettings } from '@daybook/event-handler';
import { processManagerSettings } from '@daybook/process-manager';
import { ProjectorSettings } from '@daybook/projector';
import { QueryServiceSettings } from '@daybook/query-service';
import { settingsTable } from '@daybook/service';
import { CliSettings } from '../../packages/runtime/cli/src/settings.ts';
import { MailCatcherSettings } from '../../services/mail-catcher/src/settings.ts';
import { MigrateSettings } from '../../services/migrate/src/settings.ts';
import { exampleContexts } from '../examples.ts';

const schemas = {
  'command-service': CommandServiceSettings,
  'process-manager': processManagerSettings(exampleContexts),
  projector: ProjectorSettings,
  'query-service': QueryServiceSettings,
  'command-gateway': CommandGatewaySettings,
  'event-handler': EventHandlerSettings,
  'mail-catcher': MailCatcherSettings,
  migrate: MigrateSettings,
  embedded: embeddedSettings(exampleContexts),
  daybook: CliSettings,
};

/** One line for each variable with the same meaning; where defaults differ, each with the services it is for. */
function configurationTable(): string {
  const rows = Object.entries(schemas).flatMap(([service, schema]) =>
    settingsTable(schema).map((row) => ({ service, ...row })),
  );
  const lines = [...new Set(rows.map(({ variable, what }) => JSON.stringify([variable, what])))].map((key) => {
    const same = rows.filter((row) => JSON.stringify([row.variable, row.what]) === key);
    const [variable, what] = JSON.parse(key) as [string, string];
    const defaults = [...new Set(same.map((row) => row.default))];
    const shown = defaults.map((value) => {
      const services = same.filter((row) => row.default === value).map(({ service }) => service);
      const text = value.replace(/^(\S+)/, '`$1`').replace('(development only)', '*(development only)*');
      return defaults.length === 1 ? text : `${text} ${services.join(', ')}`;
    });
    return `| \`${variable}\` | ${readers(same.map(({ service }) => service))} | ${shown.join('; ')} | ${what} |`;
  });
  return ['| variable | read by | default | what |', '|---|---|---|---|', ...lines.sort()].join('\n');
}

/** `all` means the services; `daybook` is the command line. */
function readers(names: readonly string[]): string {
  const services = names.filter((name) => name !== 'daybook');
  const others = Object.keys(schemas).filter((name) => name !== 'daybook' && !services.includes(name));
  const all = others.length === 0 ? 'all' : `all but ${others[0]}`;
  const read = others.length > 1 ? services.join(', ') : all;
  return names.includes('daybook') ? `${read}; daybook` : read;
}

test('the documentation has the configuration as the services read it', () => {
  const [, table] =
    /<!-- configuration.*?-->\n([\s\S]*?)\n?<!-- \/configuration -->/.exec(
      readFileSync('docs/reference/configuration.md', 'utf8'),
    ) ?? [];
  expect(table).toBe(configurationTable());
});
