import { mkdirSync, writeFileSync } from 'node:fs';
import { root } from './prepare.mjs';

/** Writes what the services say of themselves into docs/api. Imports only now, for it needs the build. */
export async function apiDocs() {
  // The examples, whatever else the app of this repository serves; test/examples.ts has the same, in the same order.
  const { loans } = await import('@daybook/loans');
  const { meetups } = await import('@daybook/meetups');
  const { accounts } = await import('@daybook/accounts');
  const { apiDocuments } = await import('@daybook/embedded');
  mkdirSync(`${root}/docs/api`, { recursive: true });
  for (const [name, document] of Object.entries(await apiDocuments([loans, meetups, accounts]))) {
    writeFileSync(`${root}/docs/api/${name}`, `${JSON.stringify(document, null, 2)}\n`);
    console.log(`docs/api/${name}`);
  }
}
