import type { BoundedContext } from '@daybook/core';
import { exampleOf } from './example-of.ts';
import type { LocalSystem } from './local-system.ts';

/** What someone who has just started the app needs to use it. */
export function welcome(system: LocalSystem, contexts: readonly BoundedContext[], watch: boolean): string {
  const { commandsUrl, queriesUrl, mailsUrl, database } = system;
  return `
The app is up: ${contexts.map(({ name }) => name).join(', ')}
  Commands   ${commandsUrl}   (${commandsUrl}/openapi.json)
  Queries    ${queriesUrl}   (${queriesUrl}/openapi.json)
  Mails      ${mailsUrl ?? 'sent by the server that SMTP_URL names'}
  Database   ${database}
${tryIt(system, contexts[0])}
${watch ? 'A changed file restarts it. ' : ''}Ctrl-C stops it; the data stays.`;
}

/** A command that the first context takes, and where its rows can be read. */
function tryIt({ commandsUrl, queriesUrl }: LocalSystem, context: BoundedContext | undefined): string {
  const [first] = context?.commands ?? [];
  if (context === undefined || first === undefined) return '';
  const [type, { schema }] = first;
  const [projection] = context.projections;
  const read =
    projection === undefined ? '' : `\n  curl ${queriesUrl}/${context.name}/${projection.name.replaceAll('_', '-')}`;
  return `
Try it:
  curl -X POST ${commandsUrl}/commands/${context.name}/${type} -H 'content-type: application/json' \\
    -d '${JSON.stringify(exampleOf(schema.shape.data))}'${read}
`;
}
