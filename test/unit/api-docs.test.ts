import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { apiDocuments } from '@daybook/embedded';
import { validate } from '@readme/openapi-parser';
import { exampleContexts as contexts } from '../examples.ts';

const documents = apiDocuments(contexts);
const names = ['command-gateway.openapi.json', 'query-service.openapi.json', 'daybook.asyncapi.json'];
const openApis = names.filter((name) => name.includes('openapi'));

/** A copy, for the validators resolve references in place. */
async function documentOf(name: string): Promise<Record<string, unknown>> {
  return structuredClone((await documents)[name]) as Record<string, unknown>;
}

test.each(names)('docs/api/%s is current: npm run api-docs writes it', async (name) => {
  expect(JSON.parse(readFileSync(`docs/api/${name}`, 'utf8'))).toEqual(await documentOf(name));
});

test('docs/api is all that there is', async () => {
  expect(Object.keys(await documents)).toEqual(names);
});

test.each(openApis)('%s is OpenAPI 3.1', async (name) => {
  const document = await documentOf(name);
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(await validate(document as never)).toMatchObject({ valid: true, warnings: [] });
});

test.each(names)('%s: redocly lint finds nothing', (name) => {
  // A process of its own: the linter is an ES module, which Jest can't load on Node 20.
  const found = execFileSync(process.execPath, ['test/unit/lint-api.mjs', `docs/api/${name}`], {
    encoding: 'utf8',
  });
  expect(JSON.parse(found)).toEqual([]);
});

test.each(openApis)('%s names no schema that it does not use', async (name) => {
  const document = await documentOf(name);
  const text = JSON.stringify(document);
  const { schemas } = document.components as { schemas: object };
  expect(Object.keys(schemas).filter((schema) => !text.includes(`"#/components/schemas/${schema}"`))).toEqual([]);
});

test.each([
  ['OpenAPI', 'command-gateway.openapi.json'],
  ['AsyncAPI', 'daybook.asyncapi.json'],
])('%s marks personal data', async (_kind, name) => {
  expect(JSON.stringify(await documentOf(name))).toContain('"format":"email","x-personal":true');
});

describe('AsyncAPI 3', () => {
  const parsed = async () => new Parser().parse(JSON.stringify(await documentOf('daybook.asyncapi.json')));

  test('its parser finds nothing to complain about', async () => {
    const { document, diagnostics } = await parsed();
    expect(diagnostics).toEqual([]);
    expect(document?.version()).toBe('3.1.0');
  });

  test('every command can be sent, is answered, and every event is in its feed', async () => {
    const { document } = await parsed();
    for (const context of contexts) {
      for (const type of context.commands.keys()) {
        const operation = document?.operations().get(`${context.name}.${type}`);
        expect(operation?.channels().all()[0]?.address()).toBe(`${context.name}.${type}`);
        expect(operation?.reply()?.address()?.location()).toBe('$message.header#/reply_to');
      }
      const events = context.aggregates.flatMap(({ events }) => events.options.map(({ shape }) => shape.type.value));
      const feed = document?.channels().get(`${context.name}.events`);
      expect(
        feed
          ?.messages()
          .all()
          .map((message) => message.name()),
      ).toEqual([...events, 'CommandRejected', 'CommandHadNoEffect']);
    }
  });
});
