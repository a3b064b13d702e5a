import { mkdirSync, writeFileSync } from 'node:fs';
import { root } from './prepare.mjs';

/** Writes what the services say of themselves into docs/api. Imports only now, for it needs the build. */
export async function apiDocs() {
  const { contexts } = await import('@daybook/contexts');
  const { apiDocuments } = await import('@daybook/embedded');
  mkdirSync(`${root}/docs/api`, { recursive: true });
  for (const [name, document] of Object.entries(await apiDocuments(contexts))) {
    writeFileSync(`${root}/docs/api/${name}`, `${JSON.stringify(document, null, 2)}\n`);
    console.log(`docs/api/${name}`);
  }
}
