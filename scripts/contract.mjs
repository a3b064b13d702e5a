import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from './jest.mjs';

const MARKS = { passed: 'ok', failed: 'FAILED', pending: '-' };

/** Every case with what each adapter made of it, and the reason where one was left out. */
function readResults(file) {
  const cases = new Map();
  const adapters = [];
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const broken = testResults.filter((result) => result.assertionResults.length === 0).map(({ name }) => name);
  for (const { ancestorTitles, title, status } of testResults.flatMap((result) => result.assertionResults)) {
    const adapter = ancestorTitles.at(-1);
    const [, name, reason] = /^(.*?)(?: \[(.*)\])?$/.exec(title);
    if (!adapters.includes(adapter)) adapters.push(adapter);
    cases.set(name, { ...cases.get(name), [adapter]: { status, reason } });
  }
  return { cases, adapters, broken };
}

/** Rows are cases, columns are adapters; the reasons follow, numbered. */
function tableOf({ cases, adapters }) {
  const reasons = [];
  const cell = (result) => {
    if (result?.reason === undefined) return MARKS[result?.status] ?? '';
    if (!reasons.includes(result.reason)) reasons.push(result.reason);
    return `- (${reasons.indexOf(result.reason) + 1})`;
  };
  const rows = [...cases].map(([name, results]) => [name, ...adapters.map((adapter) => cell(results[adapter]))]);
  const all = [['case', ...adapters], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const lines = all.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)]
    .concat('', ...reasons.map((reason, index) => `(${index + 1}) left out: ${reason}`))
    .join('\n');
}

/** Runs the contract of the event-store port on every adapter, and prints one table. Returns Jest's exit code. */
export async function contract(args) {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-contract-'));
  const file = join(folder, 'results.json');
  const code = await test(['contract', ...args, '--json', file]);
  const results = readResults(file);
  console.log(`\n${tableOf(results)}`);
  for (const name of results.broken) console.log(`could not be run: ${name}`);
  rmSync(folder, { recursive: true, force: true });
  return code;
}
