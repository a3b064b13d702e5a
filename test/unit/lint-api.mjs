/** Prints what Redocly's recommended rules find in an OpenAPI or AsyncAPI document, as JSON. Usage: node lint-api.mjs <file> */
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({ extends: ['recommended'], telemetry: 'off' });
const problems = await lint({ ref: process.argv[2], config });
console.log(
  JSON.stringify(problems.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer }))),
);
